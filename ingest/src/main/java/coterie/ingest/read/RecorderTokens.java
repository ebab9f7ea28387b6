package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.TensorIntegers;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.RoutingTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tokens of one forward pass in a {@code per_token} dump: {@code topk_ids_of_layer [layers,
 * tokens, 8]}, physical ids, -1 where there is none, and for each token {@code positions}.
 *
 * <p>sgl-project/sglang @ 8905cbd4, {@code srt/eplb/expert_distribution.py}. There are 8 columns
 * whatever the model's top-k is. Tokens that pad a batch are -1 everywhere and are left out. There
 * is no request id: a run is a stretch of consecutive positions that ends where the request does.
 * Requests end after each token of a decode pass, and after {@code extend_seq_lens} tokens each in
 * a prefill pass. An idle pass (data parallel attention makes ranks wait) has no tokens and is
 * passed over.
 */
final class RecorderTokens {

  static final String IDS = "topk_ids_of_layer";

  private static final String LENGTHS = "extend_seq_lens";

  /**
   * Values of {@code ForwardMode} in {@code srt/model_executor/forward_batch_info.py} @ 003bbaf9. 3
   * is MIXED, prefill and decode in one pass; those above 4, of speculative decoding among others,
   * have changed between versions.
   */
  private static final long EXTEND = 1;

  private static final long DECODE = 2;

  private static final long IDLE = 4;

  private final SlotMap slots;
  private final ReadContext context;
  private final ModelGeometry model;

  RecorderTokens(SlotMap slots, ReadContext context) {
    this.slots = slots;
    this.context = context;
    this.model = context.model();
  }

  /**
   * The runs of a pass; empty if it was idle.
   *
   * @throws RejectedException if the arrays do not fit the model or one another
   */
  Optional<List<RoutedRun>> runs(RunOrigin origin, RecorderFields pass, TensorIntegers ids)
      throws MalformedException, RejectedException {
    var positions = pass.list("positions");
    checkLengths(pass.list("input_ids"), positions, ids);
    var routed = routedTokens(ids);
    long mode = pass.has("forward_mode") ? pass.integer("forward_mode") : 0;
    if (mode == IDLE && count(routed) == 0) {
      return Optional.empty();
    }
    var phase = phase(mode);
    var starts = mode == DECODE ? everywhere(ids.size(1)) : starts(pass, ids.size(1));
    var experts = new SlotIds(slots, ids, model.topK());
    var runs = new ArrayList<RoutedRun>();
    for (int token = 0; token < routed.length; ) {
      int end = token + 1;
      if (routed[token]) {
        int first = position(positions, token);
        while (end < routed.length
            && routed[end]
            && !starts[end]
            && position(positions, end) == first + (end - token)) {
          end++;
        }
        runs.add(new RoutedRun(origin, phase, first, experts, null, token, end - token));
      }
      token = end;
    }
    return Optional.of(runs);
  }

  private void checkLengths(List<?> inputs, List<?> positions, TensorIntegers ids)
      throws RejectedException {
    int tokens = ids.size(1);
    if (inputs.size() != tokens || positions.size() != tokens || ids.size(0) != slots.layers()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s of shape %s, but %d input_ids, %d positions, and %s of %d layers"
              .formatted(
                  IDS,
                  ids.shapeText(),
                  inputs.size(),
                  positions.size(),
                  SlotMap.NAME,
                  slots.layers()));
    }
  }

  /** {@code [token]} false for padding. */
  private boolean[] routedTokens(TensorIntegers ids) throws RejectedException {
    var routed = new boolean[ids.size(1)];
    int used = 0;
    for (int moeLayer = 0; moeLayer < model.moeLayers().size(); moeLayer++) {
      int layer = slots.arrayLayer(moeLayer);
      for (int token = 0; token < routed.length; token++) {
        for (int column = 0; column < ids.size(2); column++) {
          if (ids.at(layer, token, column) != -1) {
            routed[token] = true;
            used = Math.max(used, column + 1);
          }
        }
      }
    }
    if (used != model.topK() && used != 0) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s has ids in %d of %d columns, model %s has top-%d"
              .formatted(IDS, used, ids.size(2), model.name(), model.topK()));
    }
    return routed;
  }

  private static int count(boolean[] values) {
    int count = 0;
    for (boolean value : values) {
      count += value ? 1 : 0;
    }
    return count;
  }

  private String phase(long mode) throws RejectedException {
    if (mode == EXTEND || mode == DECODE) {
      return mode == EXTEND ? RoutingTable.PREFILL : RoutingTable.DECODE;
    }
    var stated = context.phase();
    if (stated.isEmpty()) {
      throw new RejectedException(
          IssueReason.PHASE_UNKNOWN,
          mode == 0
              ? "no forward_mode"
              : "forward_mode is %d, only 1 (prefill) and 2 (decode) say it".formatted(mode));
    }
    return stated.get();
  }

  private static boolean[] everywhere(int tokens) {
    var starts = new boolean[tokens];
    Arrays.fill(starts, true);
    return starts;
  }

  /** {@code [token]} true for the first of a request, as far as the pass says. */
  private static boolean[] starts(RecorderFields pass, int tokens)
      throws MalformedException, RejectedException {
    var starts = new boolean[tokens];
    if (!pass.has(LENGTHS)) {
      return starts;
    }
    long next = 0;
    for (var length : pass.list(LENGTHS)) {
      MalformedException.unless(
          length instanceof Long tokensOfRequest && tokensOfRequest >= 0,
          "%s has something else than lengths",
          LENGTHS);
      if (next < tokens) {
        starts[(int) next] = true;
      }
      next = Math.min(next + (Long) length, tokens + 1L);
    }
    if (next != tokens) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s add up to %s tokens than the %d there are"
              .formatted(LENGTHS, next < tokens ? "fewer" : "more", tokens));
    }
    return starts;
  }

  private static int position(List<?> positions, int token)
      throws MalformedException, RejectedException {
    MalformedException.unless(
        positions.get(token) instanceof Long, "position of token %d is no integer", token);
    long position = (Long) positions.get(token);
    if (position < 0 || position > Integer.MAX_VALUE - positions.size()) {
      throw new RejectedException(
          IssueReason.SHAPE, "position %d of token %d".formatted(position, token));
    }
    return (int) position;
  }
}
