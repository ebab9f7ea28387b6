package coterie.planner.replay;

import java.util.Arrays;
import java.util.EnumMap;

/**
 * What one layer of one step takes; reused from step to step.
 *
 * <p>GPUs wait for one another behind attention, dispatch, experts and combine, so the time of the
 * layer is the sum over these of the slowest GPU's. Times are whole nanoseconds.
 */
public final class StepTime {

  private final int gpus;

  /** {@code [gpus + 1]} each GPU's own time, its waiting not included; behind them the layer's. */
  private final EnumMap<Cause, long[]> nanos = new EnumMap<>(Cause.class);

  private final int[] copies;
  private final long[] rows;
  private final EnumMap<LinkClass, Long> bytes = new EnumMap<>(LinkClass.class);
  private int distinctExperts;
  private int tokens;

  public StepTime(int gpus) {
    this.gpus = gpus;
    for (var cause : Cause.values()) {
      nanos.put(cause, new long[gpus + 1]);
    }
    copies = new int[gpus];
    rows = new long[gpus];
  }

  void clear() {
    nanos.values().forEach(times -> Arrays.fill(times, 0));
    Arrays.fill(copies, 0);
    Arrays.fill(rows, 0);
    bytes.clear();
    distinctExperts = 0;
    tokens = 0;
  }

  void set(int gpu, Cause cause, long value) {
    nanos.get(cause)[gpu] = value;
  }

  void set(Cause cause, long value) {
    nanos.get(cause)[gpus] = value;
  }

  void setWork(int gpu, int copiesRun, long rowsRun) {
    copies[gpu] = copiesRun;
    rows[gpu] = rowsRun;
  }

  void addBytes(LinkClass link, long value) {
    bytes.merge(link, value, Long::sum);
  }

  void setStep(int distinct, int tokensOfStep) {
    distinctExperts = distinct;
    tokens = tokensOfStep;
  }

  /** Adds another part of the same step: its times, copies, rows, bytes and tokens. */
  void add(StepTime part) {
    part.nanos.forEach((cause, times) -> addAll(nanos.get(cause), times));
    addAll(rows, part.rows);
    part.bytes.forEach(this::addBytes);
    for (int gpu = 0; gpu < gpus; gpu++) {
      copies[gpu] += part.copies[gpu];
    }
    distinctExperts += part.distinctExperts;
    tokens += part.tokens;
  }

  private static void addAll(long[] to, long[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }

  public int gpus() {
    return gpus;
  }

  /** Time of the layer by a cause: of the GPU that the others wait for. */
  public long nanos(Cause cause) {
    return nanos.get(cause)[gpus];
  }

  /** Time of the layer. */
  public long totalNanos() {
    long total = 0;
    for (var times : nanos.values()) {
      total += times[gpus];
    }
    return total;
  }

  /** Time of the routed experts alone, weights and computing. */
  public long moeNanos() {
    return nanos(Cause.MOE_WEIGHTS) + nanos(Cause.MOE_COMPUTE);
  }

  /** A GPU's own time by a cause. */
  public long gpuNanos(int gpu, Cause cause) {
    return nanos.get(cause)[gpu];
  }

  /** Distinct expert copies that a GPU reads; in two halves with two-batch overlap. */
  public int copies(int gpu) {
    return copies[gpu];
  }

  /** Distinct expert copies on the busiest GPU. */
  public int mostCopies() {
    return Arrays.stream(copies).max().orElse(0);
  }

  /** Pairs of a token and an expert that a GPU computes, shared experts included where fused. */
  public long rows(int gpu) {
    return rows[gpu];
  }

  /** Bytes sent over links of a class, there and back. */
  public long bytes(LinkClass link) {
    return bytes.getOrDefault(link, 0L);
  }

  /** Distinct experts of the step, whatever their copies. */
  public int distinctExperts() {
    return distinctExperts;
  }

  /** Tokens of the step, padded rows included. */
  public int tokens() {
    return tokens;
  }
}
