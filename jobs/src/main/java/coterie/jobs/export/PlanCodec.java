package coterie.jobs.export;

import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.util.OptionalInt;

/** Writes and reads one format. The same plan gives the same bytes. */
interface PlanCodec {

  /**
   * The whole file.
   *
   * @throws coterie.ingest.error.UserError if the format cannot hold the plan
   */
  byte[] write(Plan plan, ModelGeometry model);

  /**
   * What a file holds. Ids are in range and layers are those of the model; more is not checked.
   *
   * @param gpus among which the slots of a layer are divided, for formats that do not say it
   * @throws MalformedException saying what is wrong with the bytes
   * @throws coterie.ingest.error.UserError if the format does not say how many GPUs there are and
   *     {@code gpus} is empty
   */
  PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus) throws MalformedException;
}
