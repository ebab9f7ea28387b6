package coterie.jobs.command;

/** Seconds for receipts. */
final class Stopwatch {

  private final long startNanos = System.nanoTime();

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  @Override
  public String toString() {
    return "%.1f s".formatted(seconds());
  }
}
