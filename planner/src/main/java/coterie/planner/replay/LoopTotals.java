package coterie.planner.replay;

import java.io.Serializable;

/**
 * Sums over the layers and steps of a replay, all in whole numbers: they add up to the same in any
 * order. Means are for one layer of one step.
 */
public final class LoopTotals implements Serializable {

  private static final long serialVersionUID = 1;

  private final long[] nanos = new long[Cause.COUNT];
  private final long[] bytes = new long[LinkClass.COUNT];
  private long layerSteps;
  private long distinctExperts;
  private long mostCopies;
  private long fewestCopies;
  private long rows;
  private long mostRows;
  private int gpus;

  /** Adds a layer of a step. */
  public void add(StepTime time) {
    time.addTo(nanos, bytes, 1);
    layerSteps++;
    gpus = time.gpus();
    distinctExperts += time.distinctExperts();
    mostCopies += time.mostCopies();
    fewestCopies += (time.distinctExperts() + gpus - 1) / gpus;
    long most = 0;
    for (int gpu = 0; gpu < gpus; gpu++) {
      rows += time.rows(gpu);
      most = Math.max(most, time.rows(gpu));
    }
    mostRows += most;
  }

  /** Adds other layers and steps on as many GPUs. */
  public void add(LoopTotals other) {
    for (int cause = 0; cause < nanos.length; cause++) {
      nanos[cause] = Math.addExact(nanos[cause], other.nanos[cause]);
    }
    for (int link = 0; link < bytes.length; link++) {
      bytes[link] = Math.addExact(bytes[link], other.bytes[link]);
    }
    layerSteps += other.layerSteps;
    distinctExperts += other.distinctExperts;
    mostCopies += other.mostCopies;
    fewestCopies += other.fewestCopies;
    rows += other.rows;
    mostRows += other.mostRows;
    gpus = Math.max(gpus, other.gpus);
  }

  /** Layers of steps. */
  public long layerSteps() {
    return layerSteps;
  }

  /** Mean nanoseconds by a cause. */
  public double meanNanos(Cause cause) {
    return (double) nanos[cause.place()] / layerSteps;
  }

  /** Mean nanoseconds of the routed experts alone. */
  public double meanMoeNanos() {
    return meanNanos(Cause.MOE_WEIGHTS) + meanNanos(Cause.MOE_COMPUTE);
  }

  /** Mean distinct experts. */
  public double meanDistinctExperts() {
    return (double) distinctExperts / layerSteps;
  }

  /** Mean distinct expert copies on the busiest GPU. */
  public double meanMostCopies() {
    return (double) mostCopies / layerSteps;
  }

  /**
   * Mean of distinct experts over GPUs, rounded up: no placement of whole experts has fewer on its
   * busiest GPU.
   */
  public double meanCertificate() {
    return (double) fewestCopies / layerSteps;
  }

  /** Pairs of a token and an expert on the busiest GPU over the mean, both summed over steps. */
  public double imbalance() {
    return (double) mostRows * gpus / rows;
  }

  /** Mean bytes over links of a class. */
  public double meanBytes(LinkClass link) {
    return (double) bytes[link.place()] / layerSteps;
  }
}
