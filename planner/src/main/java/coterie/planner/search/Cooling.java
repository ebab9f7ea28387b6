package coterie.planner.search;

/**
 * How the temperature of an annealing falls, geometrically over its budget.
 *
 * @param firstExperts first temperature, in experts of the mean cost
 * @param lastExperts last temperature, above 0 and at most the first
 */
public record Cooling(double firstExperts, double lastExperts) {

  public Cooling {
    if (!(lastExperts > 0 && lastExperts <= firstExperts)) {
      throw new IllegalArgumentException(
          "cooling from %s to %s".formatted(firstExperts, lastExperts));
    }
  }

  /** The same fall for a cost in units so many times as small. */
  public Cooling times(double factor) {
    return new Cooling(factor * firstExperts, factor * lastExperts);
  }

  /** The temperature at a fraction of the way. */
  double at(double progress) {
    return firstExperts * Math.pow(lastExperts / firstExperts, progress);
  }
}
