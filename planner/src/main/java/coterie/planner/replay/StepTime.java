package coterie.planner.replay;

import java.util.Arrays;

/**
 * What one layer of one step takes; reused from step to step.
 *
 * <p>GPUs wait for one another behind attention, dispatch, experts and combine, so the time of the
 * layer is the sum over these of the slowest GPU's. Times are whole nanoseconds.
 */
public final class StepTime {

  private final int gpus;

  /** {@code [cause]} the layer's time. */
  private final long[] nanos = new long[Cause.COUNT];

  /** {@code [gpu * causes + cause]} each GPU's own time, its waiting not included. */
  private final long[] gpuNanos;

  private final int[] copies;
  private final long[] rows;
  private final long[] bytes = new long[LinkClass.COUNT];
  private int distinctExperts;
  private int tokens;

  public StepTime(int gpus) {
    this.gpus = gpus;
    gpuNanos = new long[gpus * Cause.COUNT];
    copies = new int[gpus];
    rows = new long[gpus];
  }

  void clear() {
    Arrays.fill(nanos, 0);
    Arrays.fill(gpuNanos, 0);
    Arrays.fill(copies, 0);
    Arrays.fill(rows, 0);
    Arrays.fill(bytes, 0);
    distinctExperts = 0;
    tokens = 0;
  }

  void set(int gpu, Cause cause, long value) {
    gpuNanos[gpu * Cause.COUNT + cause.place()] = value;
  }

  void set(Cause cause, long value) {
    nanos[cause.place()] = value;
  }

  void setWork(int gpu, int copiesRun, long rowsRun) {
    copies[gpu] = copiesRun;
    rows[gpu] = rowsRun;
  }

  void addBytes(LinkClass link, long value) {
    bytes[link.place()] += value;
  }

  void setStep(int distinct, int tokensOfStep) {
    distinctExperts = distinct;
    tokens = tokensOfStep;
  }

  /** Adds the times and bytes, {@code share} times, to sums over steps. */
  void addTo(long[] nanosSum, long[] bytesSum, long share) {
    for (int cause = 0; cause < nanos.length; cause++) {
      nanosSum[cause] = Math.addExact(nanosSum[cause], Math.multiplyExact(share, nanos[cause]));
    }
    for (int link = 0; link < bytes.length; link++) {
      bytesSum[link] = Math.addExact(bytesSum[link], Math.multiplyExact(share, bytes[link]));
    }
  }

  /** Adds another part of the same step: its times, copies, rows, bytes and tokens. */
  void add(StepTime part) {
    addAll(nanos, part.nanos);
    addAll(gpuNanos, part.gpuNanos);
    addAll(rows, part.rows);
    addAll(bytes, part.bytes);
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
    return nanos[cause.place()];
  }

  /** Time of the layer. */
  public long totalNanos() {
    long total = 0;
    for (long value : nanos) {
      total += value;
    }
    return total;
  }

  /** Time of the routed experts alone, weights and computing. */
  public long moeNanos() {
    return nanos(Cause.MOE_WEIGHTS) + nanos(Cause.MOE_COMPUTE);
  }

  /** A GPU's own time by a cause. */
  public long gpuNanos(int gpu, Cause cause) {
    return gpuNanos[gpu * Cause.COUNT + cause.place()];
  }

  /** Distinct expert copies that a GPU reads; in two halves with two-batch overlap. */
  public int copies(int gpu) {
    return copies[gpu];
  }

  /** Distinct expert copies on the busiest GPU. */
  public int mostCopies() {
    int most = 0;
    for (int count : copies) {
      most = Math.max(most, count);
    }
    return most;
  }

  /** Pairs of a token and an expert that a GPU computes, shared experts included where fused. */
  public long rows(int gpu) {
    return rows[gpu];
  }

  /** Bytes sent over links of a class, there and back. */
  public long bytes(LinkClass link) {
    return bytes[link.place()];
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
