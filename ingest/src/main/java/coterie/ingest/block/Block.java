package coterie.ingest.block;

import coterie.ingest.read.RoutedRun;
import coterie.ingest.table.PackedExperts;
import java.util.Optional;

/**
 * At most {@link coterie.ingest.table.RoutingTable#BLOCK_TOKENS} consecutive sound tokens of a run.
 */
public final class Block {

  private final RoutedRun run;
  private final int firstToken;
  private final PackedExperts experts;
  private final byte[] weights;

  Block(RoutedRun run, int firstToken, PackedExperts experts, byte[] weights) {
    this.run = run;
    this.firstToken = firstToken;
    this.experts = experts;
    this.weights = weights;
  }

  /** The run that the tokens are from. */
  public RoutedRun run() {
    return run;
  }

  /** Position in the request of the first token. */
  public int firstPosition() {
    return run.firstPosition() + firstToken;
  }

  public PackedExperts experts() {
    return experts;
  }

  /** Float16, little endian, {@code [layer][token][k]}; empty where the source has none. */
  public Optional<byte[]> weights() {
    return Optional.ofNullable(weights);
  }
}
