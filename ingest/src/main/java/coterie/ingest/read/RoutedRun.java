package coterie.ingest.read;

import coterie.ingest.container.Float16;
import java.util.Optional;

/**
 * Consecutive tokens of one request in one phase, with the experts they called.
 *
 * <p>A final class around arrays: rows {@code [firstRow, firstRow + rows)} of {@code ids}, and of
 * {@code weights} where there are any.
 */
public final class RoutedRun {

  private final RunOrigin origin;
  private final String phase;
  private final int firstPosition;
  private final RoutedIds ids;
  private final GateWeights weights;
  private final int firstRow;
  private final int rows;

  /**
   * A run.
   *
   * @param phase {@code prefill} or {@code decode}
   * @param firstPosition position in the request of the first row
   * @param weights null where the source has none
   */
  public RoutedRun(
      RunOrigin origin,
      String phase,
      int firstPosition,
      RoutedIds ids,
      GateWeights weights,
      int firstRow,
      int rows) {
    this.origin = origin;
    this.phase = phase;
    this.firstPosition = firstPosition;
    this.ids = ids;
    this.weights = weights;
    this.firstRow = firstRow;
    this.rows = rows;
  }

  public RunOrigin origin() {
    return origin;
  }

  public String phase() {
    return phase;
  }

  /** Position in the request of the run's token 0. */
  public int firstPosition() {
    return firstPosition;
  }

  /** Tokens of the run. */
  public int tokens() {
    return rows;
  }

  /** Layers of the arrays: hidden layers or MoE layers, as the source writes them. */
  public int arrayLayers() {
    return ids.layers();
  }

  public int topK() {
    return ids.topK();
  }

  /** Expert id of token {@code token} of the run. */
  public int id(int token, int arrayLayer, int k) {
    return ids.id(firstRow + token, arrayLayer, k);
  }

  /** Writes the ids of token {@code token} of the run, {@code [array layer][k]}, into an array. */
  public void read(int token, int[] into) {
    ids.read(firstRow + token, into);
  }

  /** True if the ids are single bytes, so that {@link #readBytes} can copy them. */
  public boolean singleBytes() {
    return ids.singleBytes();
  }

  /** Copies the ids of token {@code token} of the run; only with {@link #singleBytes}. */
  public void readBytes(int token, byte[] into, int at) {
    ids.readBytes(firstRow + token, into, at);
  }

  /** True if no token of the run lacks a layer. */
  public boolean whole() {
    return ids.whole();
  }

  /** Why token {@code token} of the run has no ids in a layer; empty if it has. */
  public Optional<String> missing(int token, int arrayLayer) {
    return ids.missing(firstRow + token, arrayLayer);
  }

  public boolean hasWeights() {
    return weights != null;
  }

  /** Gate weight as float16 bits; only with {@link #hasWeights}. */
  public short weight(int token, int arrayLayer, int k) {
    return weights.half(((firstRow + token) * ids.layers() + arrayLayer) * ids.topK() + k);
  }

  /** False for an infinite or NaN weight; only with {@link #hasWeights}. */
  public boolean weightIsFinite(int token, int arrayLayer, int k) {
    return Float16.finite(weight(token, arrayLayer, k));
  }

  /** Gate weights by index in C order, as float16 bits. */
  public interface GateWeights {
    short half(int index);
  }
}
