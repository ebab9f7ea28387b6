package coterie.planner.routing;

import coterie.planner.model.Placement;

/** Token load of GPUs when each expert's tokens are split evenly over its replicas. */
public final class EvenSplit {

  private EvenSplit() {}

  /**
   * Load of the busiest GPU over the mean.
   *
   * @param expertLoad {@code [experts]} tokens of each expert, not all 0
   * @return at least 1; 1 is perfect balance
   */
  public static double imbalance(Placement placement, double[] expertLoad) {
    var copies = placement.copies();
    var cluster = placement.cluster();
    double most = 0;
    double total = 0;
    for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
      double load = 0;
      for (int i = 0; i < cluster.slotsOf(gpu); i++) {
        int expert = placement.expertAt(cluster.firstSlot(gpu) + i);
        load += expertLoad[expert] / copies[expert];
      }
      most = Math.max(most, load);
      total += load;
    }
    return most * cluster.gpus() / total;
  }
}
