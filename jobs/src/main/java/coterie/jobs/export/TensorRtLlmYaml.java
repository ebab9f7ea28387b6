package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * TensorRT-LLM's {@code moe_config.load_balancer} file: the slots of each MoE layer under its
 * hidden-layer id, and nothing that the strict schema does not know.
 *
 * <p>NVIDIA/TensorRT-LLM, {@code llm_args.py: MoeLoadBalancerConfig}. {@code
 * layer_updates_per_iter: 0} keeps the placement; above 0 the engine plans anew while it serves.
 */
final class TensorRtLlmYaml implements PlanCodec {

  private static final String LAYERS = "initial_global_assignments";
  private static final String UPDATES = "layer_updates_per_iter";
  private static final String SLOTS = "num_slots";

  @Override
  public byte[] write(Plan plan, ModelGeometry model) {
    SlotRows.requireEven(plan, model, "TensorRT-LLM");
    var rows = SlotRows.ofMoeLayers(plan, model);
    var text = new StringBuilder(LAYERS + ":\n");
    for (int i = 0; i < rows.size(); i++) {
      // Java prints a list of integers as YAML does.
      text.append("  ").append(model.moeLayers().get(i)).append(": ").append(rows.get(i));
      text.append('\n');
    }
    text.append(UPDATES).append(": 0\n");
    text.append(SLOTS).append(": ").append(rows.get(0).size()).append('\n');
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    var root = parse(file);
    for (var key : root.keySet()) {
      unless(
          key instanceof String text && Set.of(LAYERS, UPDATES, SLOTS).contains(text),
          "has key '%s', which TensorRT-LLM refuses",
          key);
    }
    unless(root.get(LAYERS) instanceof Map<?, ?>, "has no %s", LAYERS);
    var rows = rows((Map<?, ?>) root.get(LAYERS), model);
    unless(
        root.get(SLOTS) instanceof Integer slots && slots == rows.get(0).size(),
        "%s is %s, layer %d has %d slots",
        SLOTS,
        root.get(SLOTS),
        model.moeLayers().get(0),
        rows.get(0).size());
    return SlotRows.readMoeLayers(rows, model, gpus);
  }

  private static Map<?, ?> parse(byte[] file) throws MalformedException {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try {
      Object root =
          new Yaml(new SafeConstructor(options)).load(new String(file, StandardCharsets.UTF_8));
      unless(root instanceof Map<?, ?>, "is no YAML mapping");
      return (Map<?, ?>) root;
    } catch (YAMLException wrong) {
      throw new MalformedException(
          "is no YAML: " + wrong.getMessage().lines().findFirst().orElse("?"));
    }
  }

  private static List<List<Integer>> rows(Map<?, ?> layers, ModelGeometry model)
      throws MalformedException {
    for (var key : layers.keySet()) {
      unless(
          key instanceof Integer layer && model.moeLayers().contains(layer),
          "has layer %s; the MoE layers of model %s are %d to %d",
          key,
          model.name(),
          model.moeLayers().get(0),
          model.moeLayers().get(model.moeLayers().size() - 1));
    }
    var rows = new ArrayList<List<Integer>>();
    for (int layer : model.moeLayers()) {
      unless(layers.get(layer) instanceof List<?>, "has no list for layer %d", layer);
      var row = new ArrayList<Integer>();
      for (var expert : (List<?>) layers.get(layer)) {
        unless(expert instanceof Integer, "layer %d holds %s", layer, expert);
        row.add((Integer) expert);
      }
      rows.add(row);
    }
    return rows;
  }
}
