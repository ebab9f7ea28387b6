package coterie.ingest.block;

import coterie.ingest.read.RoutedRun;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import java.util.Optional;

/**
 * Gathers consecutive tokens of a run to a block.
 *
 * <p>Tokens come one by one and a block is layer-major. Some tokens are gathered and then written
 * together, layer by layer: writing each by itself would touch a cache line for every layer. A
 * block that stays shorter than it might have been is moved together at the end.
 */
final class BlockPacker {

  private static final int GATHERED_TOKENS = 16;

  private final ModelGeometry model;
  private final RoutedRun run;

  /** {@code [MoE layer]} its row in the run's arrays. */
  private final int[] rows;

  /** Ids that a token has in the run's arrays. */
  private final int width;

  /** {@code [token][array layer][k]}, packed, of the tokens that are not written yet. */
  private final byte[] gathered;

  private final int capacity;
  private PackedExperts experts;
  private int firstToken;
  private int tokens;
  private int written;

  BlockPacker(ModelGeometry model, RoutedRun run, int[] rows) {
    this.model = model;
    this.run = run;
    this.rows = rows;
    this.width = run.arrayLayers() * run.topK();
    this.gathered = new byte[GATHERED_TOKENS * width * 2];
    this.capacity = Math.min(RoutingTable.BLOCK_TOKENS, run.tokens());
  }

  boolean isFull() {
    return tokens == capacity;
  }

  /** Adds the token after the one before. */
  void add(int token, int[] ids) {
    begin(token);
    gather(ids, (tokens - written) * width);
    accept();
  }

  /**
   * Copies a token's single bytes to where it would be gathered. Until {@link #accept} it is not
   * added.
   *
   * @return where its bytes begin in {@link #gathered}
   */
  int stage(int token) {
    begin(token);
    int at = (tokens - written) * width;
    run.readBytes(token, gathered, at);
    return at;
  }

  byte[] gathered() {
    return gathered;
  }

  /** Adds what was staged. */
  void accept() {
    tokens++;
    if (tokens - written == GATHERED_TOKENS) {
      write();
    }
  }

  private void begin(int token) {
    if (tokens == 0) {
      experts = PackedExperts.allocate(model.experts(), rows.length, capacity, model.topK());
      firstToken = token;
      written = 0;
    }
  }

  private void gather(int[] ids, int first) {
    if (experts.idBytes() == 1) {
      for (int i = 0; i < width; i++) {
        gathered[first + i] = (byte) ids[i];
      }
    } else {
      for (int i = 0; i < width; i++) {
        gathered[2 * (first + i)] = (byte) ids[i];
        gathered[2 * (first + i) + 1] = (byte) (ids[i] >>> 8);
      }
    }
  }

  private void write() {
    int idBytes = experts.idBytes();
    for (int layer = 0; layer < rows.length; layer++) {
      int from = rows[layer] * model.topK() * idBytes;
      experts.set(layer, written, tokens - written, gathered, from, width * idBytes);
    }
    written = tokens;
  }

  /** The block of what was added since the last one, if anything was. */
  Optional<Block> take() {
    if (tokens == 0) {
      return Optional.empty();
    }
    write();
    var packed = experts.first(tokens);
    var block = new Block(run, firstToken, packed, run.hasWeights() ? weights() : null);
    tokens = 0;
    return Optional.of(block);
  }

  private byte[] weights() {
    int topK = model.topK();
    var weights = new byte[2 * rows.length * tokens * topK];
    int at = 0;
    for (int row : rows) {
      for (int token = 0; token < tokens; token++) {
        for (int k = 0; k < topK; k++) {
          short half = run.weight(firstToken + token, row, k);
          weights[at++] = (byte) half;
          weights[at++] = (byte) (half >>> 8);
        }
      }
    }
    return weights;
  }
}
