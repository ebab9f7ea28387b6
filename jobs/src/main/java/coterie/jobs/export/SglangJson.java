package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * SGLang's placement file: {@code {"physical_to_logical_map": [[expert of slot] x hidden layers]}}.
 *
 * <p>sgl-project/sglang @ 8905cbd4, {@code srt/eplb/expert_location.py}. Exactly this one key: any
 * other is a TypeError at load. One row for every hidden layer; a file with too few is loaded and
 * fails later, so it is refused here.
 */
final class SglangJson implements PlanCodec {

  static final String KEY = "physical_to_logical_map";

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "SGLang");
    return JsonFile.line(Map.of(KEY, SlotRows.ofHiddenLayers(plan, model)));
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var root = JsonFile.parse(file);
    unless(
        !root.has("logical_count"),
        "holds logical_count, loads from which SGLang plans at start, and no placement");
    JsonFile.requireKeys(root, Set.of(KEY));
    var rows = JsonFile.rows(JsonFile.field(root, KEY), KEY);
    return SlotRows.readHiddenLayers(rows, model, gpus);
  }
}
