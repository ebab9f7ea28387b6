package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The initial mapping that pull request 41141 of vLLM proposes: one line of JSON, layers counted
 * among the MoE layers and named by texts. Provisional, as the pull request is open.
 */
final class VllmMapping implements PlanCodec {

  private static final String TYPE = "eplb_initial_mapping";
  private static final int VERSION = 1;
  private static final String LAYERS = "initial_global_assignments";

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "vLLM");
    var rows = SlotRows.ofMoeLayers(plan, model);
    var layers = new LinkedHashMap<String, List<Integer>>();
    for (int i = 0; i < rows.size(); i++) {
      layers.put(String.valueOf(i), rows.get(i));
    }
    int slots = SlotRows.slotsOf(plan, model);
    var line = new LinkedHashMap<String, Object>();
    line.put("record_type", TYPE);
    line.put("version", VERSION);
    line.put("num_redundant_experts", slots - model.experts());
    line.put("num_slots", slots);
    line.put(LAYERS, layers);
    return JsonFile.line(line);
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var lines = new String(file, StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
    unless(lines.size() == 1, "has %d lines, must have one", lines.size());
    var line = JsonFile.parse(lines.get(0).getBytes(StandardCharsets.UTF_8));
    JsonFile.requireKeys(
        line, Set.of("record_type", "version", "num_redundant_experts", "num_slots", LAYERS));
    var type = JsonFile.text(line, "record_type");
    int version = JsonFile.integer(line, "version");
    unless(
        type.equals(TYPE) && version == VERSION,
        "is '%s' version %d, must be '%s' version %d",
        type,
        version,
        TYPE,
        VERSION);
    var layers = JsonFile.field(line, LAYERS);
    SlotRows.requireLayers(layers.size(), model.moeLayers().size(), "MoE", model);
    int slots = JsonFile.integer(line, "num_slots");
    var rows = new ArrayList<List<Integer>>();
    for (int i = 0; i < layers.size(); i++) {
      var row = JsonFile.integers(JsonFile.field(layers, String.valueOf(i)), LAYERS);
      unless(row.size() == slots, "num_slots is %d, layer '%d' has %d", slots, i, row.size());
      rows.add(row);
    }
    int spares = JsonFile.integer(line, "num_redundant_experts");
    unless(
        slots - spares == model.experts(),
        "%d slots of which %d redundant make %d experts, model %s has %d",
        slots,
        spares,
        slots - spares,
        model.name(),
        model.experts());
    return SlotRows.readMoeLayers(rows, model, gpus);
  }
}
