package coterie.jobs.simulate;

import java.util.Arrays;
import java.util.Optional;

/** How held-out requests are replayed. */
public enum LoopKind {
  /** A fixed number of requests in flight; the next joins when one leaves. */
  CLOSED("closed"),
  /** Requests come at a rate, whether or not earlier ones are done. */
  OPEN("open"),
  /** No requests: steps of tokens drawn one by one, for batches that no flight of theirs gives. */
  TOKEN("token");

  private final String label;

  LoopKind(String label) {
    this.label = label;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** The kind of this name. */
  public static Optional<LoopKind> find(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }
}
