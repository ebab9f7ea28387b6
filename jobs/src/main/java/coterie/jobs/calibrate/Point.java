package coterie.jobs.calibrate;

/**
 * One measurement, ready to be predicted.
 *
 * @param group shape, data type and expert parallelism; points of a group are fitted or reported
 *     together
 * @param routing how tokens were spread over experts
 * @param size what varies within the group, for tables
 * @param load what the measured GPU has to do; empty where that is all in the size
 * @param seconds measured
 * @param work what the formula needs to know
 */
record Point(String group, String routing, String size, String load, double seconds, Work work) {

  /** Predicts from the constants of a formula. */
  interface Work {
    double seconds(double[] constants);
  }

  /** True where the load of the measured GPU is known and not drawn. */
  boolean even() {
    return routing.equals("uniform") || routing.equals("balanced");
  }
}
