package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Coterie's own plan file, which holds all of a plan: described in {@code jobs/docs/plan-json.md}.
 */
final class CoterieJson implements PlanCodec {

  private static final String VERSION_KEY = "coterie_plan";
  private static final int VERSION = 1;

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    var root = JsonNodeFactory.instance.objectNode();
    root.put(VERSION_KEY, VERSION);
    root.set("plan", HeaderJson.write(plan.header()));
    root.put("experts", model.experts());
    var layers = root.putArray("layers");
    for (int layer : model.moeLayers()) {
      var placement = SlotRows.placement(plan, layer);
      var object = layers.addObject();
      object.put("layer", layer);
      var ranks = object.putArray("ranks");
      for (int gpu = 0; gpu < placement.cluster().gpus(); gpu++) {
        var experts = ranks.addArray();
        GpuExperts.of(placement, gpu).forEach(experts::add);
      }
    }
    return JsonFile.pretty(root);
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var root = JsonFile.parse(file);
    JsonFile.requireKeys(root, Set.of(VERSION_KEY, "plan", "experts", "layers"));
    int version = JsonFile.integer(root, VERSION_KEY);
    unless(version == VERSION, "has version %d, this Coterie reads %d", version, VERSION);
    var header = HeaderJson.read(JsonFile.field(root, "plan"));
    int experts = JsonFile.integer(root, "experts");
    unless(
        experts == model.experts(),
        "is for %d experts, model %s has %d",
        experts,
        model.name(),
        model.experts());
    var layers = new TreeMap<Integer, List<List<Integer>>>();
    for (var object : JsonFile.field(root, "layers")) {
      int layer = JsonFile.integer(object, "layer");
      unless(
          model.moeLayers().contains(layer) && !layers.containsKey(layer),
          "layer %d is there twice, or is no MoE layer of model %s",
          layer,
          model.name());
      layers.put(layer, ranks(JsonFile.field(object, "ranks"), layer, model));
    }
    SlotRows.requireLayers(layers.size(), model.moeLayers().size(), "MoE", model);
    return new PlanFile(Optional.of(header), layers);
  }

  private static List<List<Integer>> ranks(JsonNode ranks, int layer, ModelGeometry model)
      throws MalformedException {
    var byRank = new ArrayList<List<Integer>>();
    for (var rank : ranks) {
      var experts = JsonFile.integers(rank, "ranks of layer " + layer);
      SlotRows.requireIds(experts, layer, model);
      byRank.add(experts);
    }
    return byRank;
  }
}
