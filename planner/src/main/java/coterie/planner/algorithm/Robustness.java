package coterie.planner.algorithm;

/** How costs on several data sets become one. */
public enum Robustness {
  /** The mean, weighted by the shares of the data sets. */
  MEAN,
  /** The cost on the data set where it is highest, whatever the shares are. */
  WORST
}
