package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import java.util.function.Supplier;

/** Counts that a file keeps as floating-point numbers. */
final class WholeNumber {

  /** From here on doubles skip whole numbers. */
  private static final double LIMIT = 0x1p53;

  private WholeNumber() {}

  /**
   * The count that a number stands for.
   *
   * @param what is counted, for the message
   * @throws MalformedException if it is no whole number, or negative
   */
  static long of(double value, Supplier<String> what) throws MalformedException {
    // NaN fails every comparison.
    if (value >= 0 && value <= LIMIT && value == Math.rint(value)) {
      return (long) value;
    }
    throw new MalformedException("%s is %s, which is no count".formatted(what.get(), value));
  }
}
