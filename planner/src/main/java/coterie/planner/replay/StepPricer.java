package coterie.planner.replay;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import coterie.planner.profile.StepProfile;
import coterie.planner.routing.CallGpus;
import coterie.planner.routing.ReplicaTable;
import coterie.planner.routing.Router;
import coterie.planner.routing.RouterRule;

/**
 * Routes and prices the steps of one layer under a finished placement.
 *
 * <p>With two-batch overlap the halves of a step are routed and priced each by itself, so that
 * weights that both need are read twice. While one half computes the other communicates: the layer
 * takes the longer of all computing and all communication, and {@link Cause#OVERLAP} is what that
 * saves. A step of one token has no halves and is not overlapped.
 *
 * <p>Not safe for use by two threads at once.
 */
public final class StepPricer {

  private final StepSwitches switches;
  private final LayerKernel kernel;
  private final ReplicaTable replicas;
  private final Router router;
  private final CallGpus calls = new CallGpus();
  private final StepTime half;
  private TokenBatches split;
  private TokenBatches front;
  private TokenBatches back;

  /**
   * A pricer.
   *
   * @param placement on the cluster's GPUs; with tensor shards on {@code GPUs / shards} hosts
   */
  public StepPricer(
      StepProfile profile,
      LayerShape layer,
      StepSwitches switches,
      Placement placement,
      RouterRule rule) {
    this.switches = switches;
    int hosts = placement.cluster().gpus();
    kernel = new LayerKernel(profile, layer, switches, hosts);
    replicas = ReplicaTable.of(placement);
    router = rule.create(hosts, placement.experts());
    half = new StepTime(kernel.gpus());
  }

  /** A time to be filled by {@link #price}. */
  public StepTime newTime() {
    return new StepTime(kernel.gpus());
  }

  /** Prices step {@code step}. */
  public void price(TokenBatches batches, int step, StepTime time) {
    if (!switches.twoBatchOverlap() || batches.batch() == 1) {
      priceWhole(batches, step, time);
      return;
    }
    if (split != batches) {
      split = batches;
      front = batches.part(0, batches.batch() / 2);
      back = batches.part(batches.batch() / 2, batches.batch());
    }
    priceWhole(back, step, half);
    priceWhole(front, step, time);
    time.add(half);
    // Shared experts have no gap of their own to hide in: the other half computes there.
    time.set(Cause.OVERLAP, 0);
    long communication = time.nanos(Cause.DISPATCH) + time.nanos(Cause.COMBINE);
    long computing = time.totalNanos() - communication;
    time.set(Cause.OVERLAP, -Math.min(communication, computing));
  }

  private void priceWhole(TokenBatches batches, int step, StepTime time) {
    router.assign(batches, step, replicas, calls);
    kernel.price(batches, step, calls, time);
  }
}
