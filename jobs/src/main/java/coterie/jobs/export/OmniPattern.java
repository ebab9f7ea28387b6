package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.ElementType;
import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The placement pattern of omni-infer: int32 {@code [devices, MoE layers, experts]}, 1 where a
 * device holds an expert.
 *
 * <p>omni-ai-npu/omni-infer @ c8bc2bbb. It knows no order of slots: what is read back has the
 * experts of each device in ascending order.
 */
final class OmniPattern implements PlanCodec {

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "omni-infer");
    int gpus = SlotRows.gpusOf(plan, model);
    var layers = model.moeLayers();
    var file = new NpyFile(ElementType.I4, gpus, layers.size(), model.experts());
    for (int gpu = 0; gpu < gpus; gpu++) {
      for (int layer : layers) {
        var held = GpuExperts.of(SlotRows.placement(plan, layer), gpu);
        for (int expert = 0; expert < model.experts(); expert++) {
          file.put(held.contains(expert) ? 1 : 0);
        }
      }
    }
    return file.bytes();
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var array = NpyArray.parse(file);
    unless(
        array.dimensions() == 3 && array.type().isInteger(),
        "is an array %s of %s, must be integers [devices, MoE layers, experts]",
        array.shapeText(),
        array.type().descr());
    SlotRows.requireLayers(array.extent(1), model.moeLayers().size(), "MoE", model);
    unless(
        array.extent(2) == model.experts() && array.extent(0) > 0,
        "is an array %s, model %s has %d experts",
        array.shapeText(),
        model.name(),
        model.experts());
    var layers = new TreeMap<Integer, List<List<Integer>>>();
    for (int i = 0; i < array.extent(1); i++) {
      var devices = new ArrayList<List<Integer>>();
      for (int gpu = 0; gpu < array.extent(0); gpu++) {
        devices.add(held(array, gpu, i, model.moeLayers().get(i)));
      }
      layers.put(model.moeLayers().get(i), devices);
    }
    return PlanFile.of(layers);
  }

  private static List<Integer> held(NpyArray array, int gpu, int index, int layer)
      throws MalformedException {
    var held = new ArrayList<Integer>();
    for (int expert = 0; expert < array.extent(2); expert++) {
      long value = array.integer((gpu * array.extent(1) + index) * array.extent(2) + expert);
      unless(
          value == 0 || value == 1,
          "device %d, layer %d, expert %d is %d, must be 0 or 1",
          gpu,
          layer,
          expert,
          value);
      if (value == 1) {
        held.add(expert);
      }
    }
    return held;
  }
}
