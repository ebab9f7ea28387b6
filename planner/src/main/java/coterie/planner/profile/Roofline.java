package coterie.planner.profile;

/** How far a kernel hides the shorter of its two times, reading weights and computing. */
public enum Roofline {
  /** Not at all: {@code a + b}. */
  SUM {
    @Override
    public double of(double a, double b) {
      return a + b;
    }
  },
  /** Mostly, less where the two are near each other: {@code sqrt(a^2 + b^2)}. */
  ROUNDED {
    @Override
    public double of(double a, double b) {
      return Math.sqrt(a * a + b * b);
    }
  },
  /** Wholly: {@code max(a, b)}, the roofline of the textbook. */
  MAX {
    @Override
    public double of(double a, double b) {
      return Math.max(a, b);
    }
  };

  /** The time of both together, between the larger one and the sum. */
  public abstract double of(double a, double b);
}
