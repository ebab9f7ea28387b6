package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The static expert map of vLLM-Ascend: the experts of each device, layers counted among the MoE
 * layers.
 *
 * <p>vllm-project/vllm-ascend @ 182b75ea. All devices must have the same number of experts. An
 * expert twice on device 0 shifts the slots of all other devices without a word; a {@link
 * Placement} holds no twin, so none is ever written.
 */
final class AscendMap implements PlanCodec {

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "vLLM-Ascend");
    var layers = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < model.moeLayers().size(); i++) {
      layers.add(layer(i, SlotRows.placement(plan, model.moeLayers().get(i))));
    }
    var root = new LinkedHashMap<String, Object>();
    root.put("moe_layer_count", layers.size());
    root.put("layer_list", layers);
    return JsonFile.line(root);
  }

  private static Map<String, Object> layer(int index, Placement placement) {
    int gpus = placement.cluster().gpus();
    var layer = new LinkedHashMap<String, Object>();
    layer.put("layer_id", index);
    layer.put("device_count", gpus);
    layer.put(
        "device_list", IntStream.range(0, gpus).mapToObj(gpu -> device(gpu, placement)).toList());
    return layer;
  }

  private static Map<String, Object> device(int gpu, Placement placement) {
    var device = new LinkedHashMap<String, Object>();
    device.put("device_id", gpu);
    device.put("device_expert", GpuExperts.of(placement, gpu));
    return device;
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var root = JsonFile.parse(file);
    var list = JsonFile.field(root, "layer_list");
    int count = JsonFile.integer(root, "moe_layer_count");
    unless(list.size() == count, "moe_layer_count is %d, layer_list has %d", count, list.size());
    SlotRows.requireLayers(count, model.moeLayers().size(), "MoE", model);
    var layers = new TreeMap<Integer, List<List<Integer>>>();
    for (var layer : list) {
      int index = JsonFile.integer(layer, "layer_id");
      unless(
          index >= 0 && index < count && !layers.containsKey(model.moeLayers().get(index)),
          "layer_id %d is there twice, or not below %d",
          index,
          count);
      layers.put(model.moeLayers().get(index), devices(layer, index, model));
    }
    return PlanFile.of(layers);
  }

  private static List<List<Integer>> devices(JsonNode layer, int index, ModelGeometry model)
      throws MalformedException {
    var list = JsonFile.field(layer, "device_list");
    int count = JsonFile.integer(layer, "device_count");
    unless(
        list.size() == count && count > 0,
        "layer_id %d: device_count is %d, device_list has %d",
        index,
        count,
        list.size());
    var devices = new TreeMap<Integer, List<Integer>>();
    for (var device : list) {
      int id = JsonFile.integer(device, "device_id");
      var experts = JsonFile.integers(JsonFile.field(device, "device_expert"), "device_expert");
      unless(
          id >= 0 && id < count && devices.put(id, experts) == null,
          "layer_id %d: device_id %d is there twice, or not below %d",
          index,
          id,
          count);
      SlotRows.requireIds(experts, model.moeLayers().get(index), model);
    }
    int length = devices.get(0).size();
    for (var device : devices.entrySet()) {
      unless(
          device.getValue().size() == length,
          "layer_id %d: device %d has %d experts, device 0 has %d",
          index,
          device.getKey(),
          device.getValue().size(),
          length);
    }
    return List.copyOf(devices.values());
  }
}
