package coterie.jobs.nightly;

import java.time.Duration;
import java.time.Instant;

/**
 * A stage that ended.
 *
 * @param rows tokens, rows, layers or files, by the stage
 * @param decision what came out, or what went wrong, a sentence
 */
public record StageReport(
    String stage, Status status, Instant started, Instant ended, long rows, String decision) {

  /** How a stage ended. */
  public enum Status {
    DONE("done"),
    /** An earlier run did it with the same inputs. */
    KEPT("kept"),
    FAILED("failed");

    private final String label;

    Status(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public double seconds() {
    return Duration.between(started, ended).toNanos() / 1e9;
  }
}
