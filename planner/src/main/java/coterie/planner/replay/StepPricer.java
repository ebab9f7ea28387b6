package coterie.planner.replay;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import coterie.planner.profile.MoeKernelTime;
import coterie.planner.profile.StepProfile;
import coterie.planner.routing.CallGpus;
import coterie.planner.routing.Router;
import coterie.planner.routing.RouterRule;

/**
 * Routes and prices the steps of one layer under a finished placement.
 *
 * <p>With two-batch overlap the halves of a step are routed and priced each by itself, so that
 * weights that both need are read twice. While one half computes the other communicates: the layer
 * takes the longer of all computing and all communication, and {@link Cause#OVERLAP} is what that
 * saves. Steps of fewer than four tokens are not divided.
 *
 * <p>Not safe for use by two threads at once.
 */
public final class StepPricer {

  private final StepSwitches switches;
  private final LayerKernel kernel;
  private final Router router;
  private final CallGpus calls = new CallGpus();
  private final StepTime half;
  private TokenBatches prepared;
  private TokenBatches front;
  private TokenBatches back;

  /**
   * A pricer of what a rule does with a placement.
   *
   * @param placement on the cluster's GPUs; with tensor shards on {@code GPUs / shards} hosts
   */
  public StepPricer(
      StepProfile profile,
      LayerShape layer,
      StepSwitches switches,
      Placement placement,
      RouterRule rule) {
    this(
        profile,
        layer,
        switches,
        placement.cluster().gpus(),
        rule.create(
            placement,
            new MoeKernelTime(profile.moe(), profile.gpu(), layer.expert()).rowsPerCopy()));
  }

  /** A pricer of what a router of a placement on {@code hosts} GPUs does. */
  public StepPricer(
      StepProfile profile, LayerShape layer, StepSwitches switches, int hosts, Router router) {
    this.switches = switches;
    this.router = router;
    kernel = new LayerKernel(profile, layer, switches, hosts);
    half = new StepTime(kernel.gpus());
  }

  /** A time to be filled by {@link #price}. */
  public StepTime newTime() {
    return new StepTime(kernel.gpus());
  }

  /** The steps that {@link #price} numbers: those given, with their tokens on ranks. */
  public TokenBatches place(TokenBatches batches) {
    return kernel.place(batches);
  }

  /**
   * Prices a step.
   *
   * @param batches as {@link #place} gives them; one object for all of their steps
   */
  public void price(TokenBatches batches, int step, StepTime time) {
    price(batches, step, switches.prefillTokens(), time);
  }

  /**
   * Prices a step with a chunk of its own.
   *
   * @param batches as {@link #place} gives them; one object for all of their steps
   * @param prefillTokens tokens at the end of the step that are a chunk of one prompt
   */
  public void price(TokenBatches batches, int step, int prefillTokens, StepTime time) {
    if (!switches.twoBatchOverlap() || batches.batch() < 4) {
      priceWhole(batches, step, prefillTokens, time);
      return;
    }
    if (prepared != batches) {
      prepared = batches;
      front = batches.part(0, batches.batch() / 2);
      back = batches.part(batches.batch() / 2, batches.batch());
    }
    priceWhole(back, step, prefillTokens, half);
    priceWhole(front, step, prefillTokens, time);
    time.add(half);
    // Shared experts have no gap of their own to hide in: the other half computes there.
    time.set(Cause.OVERLAP, 0);
    long communication = time.nanos(Cause.DISPATCH) + time.nanos(Cause.COMBINE);
    long computing = time.totalNanos() - communication;
    time.set(Cause.OVERLAP, -Math.min(communication, computing));
  }

  private void priceWhole(TokenBatches batches, int step, int prefillTokens, StepTime time) {
    router.assign(batches, step, calls);
    kernel.price(batches, step, calls, prefillTokens, time);
  }
}
