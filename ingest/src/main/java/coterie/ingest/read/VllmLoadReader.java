package coterie.ingest.read;

import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.container.MalformedException;
import java.io.InputStream;
import java.util.BitSet;

/**
 * vLLM's load statistics, one JSON object a line: {@code eplb_load_stats} with {@code step}, {@code
 * expert_load [MoE layers][slots]} and {@code p2l_map} of the same shape, the expert in each slot.
 * Each such line is a record; {@code eplb_load_meta}, the first line, is none.
 *
 * <p>vllm-project/vllm, pull request 41141, which is open: the layout is not settled. The load of
 * an expert is that of its slots together; a slot of expert -1 is empty.
 */
final class VllmLoadReader extends JsonLines {

  private static final String META = "eplb_load_meta";
  private static final String STATS = "eplb_load_stats";
  private static final int VERSION = 1;
  private static final int EMPTY_SLOT = -1;

  private final ReadContext context;

  VllmLoadReader(InputStream in, ReadContext context) {
    super(in);
    this.context = context;
  }

  /** True if a line is of this format. */
  static boolean recognises(JsonNode line) {
    var type = line.path("record_type").asText();
    return type.equals(META) || type.equals(STATS);
  }

  @Override
  void read(JsonNode root) throws MalformedException {
    var type = root.path("record_type");
    MalformedException.unless(recognises(root), "record_type %s", type);
    MalformedException.unless(
        root.path("version").asInt(-1) == VERSION, "%s of version %s", type, root.path("version"));
    if (type.asText().equals(META)) {
      return;
    }
    var step = root.path("step");
    MalformedException.unless(step.canConvertToLong() && step.isIntegralNumber(), "no step");
    try {
      accept(new TraceRecord.Counted(number(), loads(root, step.longValue())));
    } catch (RejectedException rejected) {
      reject(rejected.reason(), rejected.getMessage());
    }
  }

  private LoadCounts loads(JsonNode root, long step) throws MalformedException, RejectedException {
    var model = context.model();
    var load = root.path("expert_load");
    var map = root.path("p2l_map");
    MalformedException.unless(
        load.isArray() && map.isArray() && load.size() == map.size(),
        "expert_load of %d layers, p2l_map of %d",
        load.size(),
        map.size());
    var counts = new long[load.size()][];
    for (int layer = 0; layer < counts.length; layer++) {
      counts[layer] = experts(layer, load.get(layer), map.get(layer));
    }
    return LoadCounts.of(
        model,
        RunOrigin.pass(step, null),
        context.phase().orElse(null),
        counts.length,
        model.experts(),
        (layer, expert) -> counts[layer][expert]);
  }

  /** The counts of one layer's experts. */
  private long[] experts(int layer, JsonNode load, JsonNode map)
      throws MalformedException, RejectedException {
    int slots = load.size();
    MalformedException.unless(
        load.isArray() && map.isArray() && map.size() == slots,
        "layer %d has loads of %d slots, p2l_map of %d",
        layer,
        slots,
        map.size());
    int experts = context.model().experts();
    var counts = new long[experts];
    var placed = new BitSet(experts);
    for (int slot = 0; slot < slots; slot++) {
      long count = count(load.get(slot), layer, slot);
      var expert = map.get(slot);
      int id = expert.isInt() ? expert.intValue() : Integer.MIN_VALUE;
      if (id != EMPTY_SLOT || count != 0) {
        requireExpert(id >= 0 && id < experts, layer, slot, expert);
        counts[id] = LoadCounts.sum(counts[id], count);
        placed.set(id);
      }
    }
    if (placed.cardinality() < experts) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "layer %d has no slot for expert %d of model %s"
              .formatted(layer, placed.nextClearBit(0), context.model().name()));
    }
    return counts;
  }

  private void requireExpert(boolean known, int layer, int slot, JsonNode expert)
      throws RejectedException {
    if (!known) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "slot %d of layer %d holds expert %s, model %s has %d"
              .formatted(slot, layer, expert, context.model().name(), context.model().experts()));
    }
  }

  private static long count(JsonNode value, int layer, int slot) throws MalformedException {
    MalformedException.unless(
        value.isNumber(), "load of slot %d in layer %d is %s", slot, layer, value);
    return WholeNumber.of(
        value.doubleValue(), () -> "load of slot %d in layer %d".formatted(slot, layer));
  }
}
