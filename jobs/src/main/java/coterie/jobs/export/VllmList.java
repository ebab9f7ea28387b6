package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * The initial expert map that pull request 49572 of vLLM proposes: a JSON list of slots for each
 * MoE layer, or one list for all of them. Provisional, as the pull request is open.
 */
final class VllmList implements PlanCodec {

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "vLLM");
    return JsonFile.line(SlotRows.ofMoeLayers(plan, model));
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var root = JsonFile.parse(file);
    unless(root.isArray() && !root.isEmpty(), "is no list of slots");
    var rows =
        root.get(0).isArray()
            ? JsonFile.rows(root, "the list")
            : Collections.nCopies(
                model.moeLayers().size(), List.copyOf(JsonFile.integers(root, "the list")));
    return SlotRows.readMoeLayers(rows, model, gpus);
  }
}
