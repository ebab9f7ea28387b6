package coterie.jobs.simulate;

import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.replay.Allocator;
import coterie.planner.replay.HalfSamples;
import coterie.planner.replay.LayerShape;
import coterie.planner.replay.LayerStack;
import coterie.planner.replay.LoopPlan;
import coterie.planner.replay.OpenLoop;
import coterie.planner.replay.RequestQueue;
import coterie.planner.replay.SizedSteps;
import coterie.planner.replay.StepPricer;
import coterie.planner.replay.StepSwitches;
import coterie.planner.routing.RouterRule;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import scala.Tuple2;

/** What a task of a replay does: plain Java on what crossed to it. */
final class LoopTask implements Serializable {

  private static final long serialVersionUID = 1;

  private final LoopRequest request;
  private final RequestQueue queue;

  LoopTask(LoopRequest request) {
    this.request = request;
    queue = request.requests().queue();
  }

  /** Scenarios with the same steps. */
  private record Load(int inFlight, Allocator allocator) {

    static Load of(LoopScenario scenario) {
      return new Load(scenario.inFlight(), scenario.allocator());
    }
  }

  /** The steps of a load in one layer. */
  private record LayerLoad(LoopPlan plan, SizedSteps steps, SizedSteps replicateSteps) {}

  /** The scenarios of a chunk: every one of its number modulo the number of chunks. */
  private Stream<LoopScenario> chunk(int chunk, int chunks) {
    return request.scenarios().stream().filter(scenario -> scenario.id() % chunks == chunk);
  }

  /** Prices one layer in all scenarios of a chunk; lazily, one after the other. */
  Iterator<Tuple2<Integer, PricedLayer>> priceLayer(
      int key, int chunks, Iterable<RequestBlocks.LayerBlock> blocks) {
    int layers = request.model().moeLayers().size();
    int layer = request.model().moeLayers().get(key % layers);
    var sets = RequestBlocks.sets(request.model(), request.requests(), blocks);
    Map<Load, LayerLoad> loads = new HashMap<>();
    return chunk(key / layers, chunks)
        .map(
            scenario -> {
              var load = loads.computeIfAbsent(Load.of(scenario), own -> layerLoad(own, sets));
              return new Tuple2<>(scenario.id(), price(scenario, layer, load));
            })
        .iterator();
  }

  private LayerLoad layerLoad(Load load, TokenSets sets) {
    var plan = plan(load);
    return new LayerLoad(
        plan, new SizedSteps(sets, plan.steps()), new SizedSteps(sets, plan.replicateSteps()));
  }

  private LoopPlan plan(Load load) {
    var settings = settings(load);
    return request.kind() == LoopKind.TOKEN
        ? LoopPlan.tokens(queue, settings, request.tokenSteps())
        : LoopPlan.closed(queue, settings);
  }

  private LoopPlan.Settings settings(Load load) {
    return new LoopPlan.Settings(
        load.inFlight(),
        request.groups(),
        load.allocator(),
        request.distances(),
        request.chunkTokens(),
        request.replicates(),
        request.replicateSteps(),
        request.seed());
  }

  private PricedLayer price(LoopScenario scenario, int layer, LayerLoad load) {
    var plan = load.plan();
    var priced = new PricedLayer(plan.steps().size(), plan.replicates());
    var pricer = pricer(scenario, layer);
    load.steps()
        .price(
            pricer,
            (step, time) -> {
              priced.stepNanos[step] = time.totalNanos();
              priced.totals.add(time);
            });
    load.replicateSteps()
        .price(
            pricer,
            (step, time) ->
                priced.replicateSums[plan.replicateOf(step)] +=
                    time.totalNanos() * plan.replicateSteps().decode(step));
    return priced;
  }

  /** Turns times of steps into what requests saw. */
  Iterator<LoopOutcome> finish(Iterator<Tuple2<Integer, PricedLayer>> priced) {
    Map<Load, LoopPlan> plans = new HashMap<>();
    var outcomes = new ArrayList<LoopOutcome>();
    priced.forEachRemaining(
        pair -> {
          var scenario = request.scenarios().get(pair._1());
          var plan = plans.computeIfAbsent(Load.of(scenario), this::plan);
          outcomes.add(LoopOutcome.of(scenario, queue, plan, pair._2()));
        });
    return outcomes.iterator();
  }

  /**
   * Replays all scenarios of a chunk in an open loop.
   *
   * @param blocks by place of the layer
   */
  Iterator<LoopOutcome> replayOpen(
      int chunk, int chunks, Map<Integer, List<RequestBlocks.LayerBlock>> blocks) {
    var sets =
        IntStream.range(0, request.model().moeLayers().size())
            .mapToObj(
                layer -> RequestBlocks.sets(request.model(), request.requests(), blocks.get(layer)))
            .toList();
    return chunk(chunk, chunks).map(scenario -> replayOpen(scenario, sets)).iterator();
  }

  private LoopOutcome replayOpen(LoopScenario scenario, List<TokenSets> sets) {
    var pricers =
        request.model().moeLayers().stream().map(layer -> pricer(scenario, layer)).toList();
    var stack = new LayerStack(sets, pricers);
    var arrivals = request.arrivalNanos().stream().mapToLong(Long::longValue).toArray();
    var loop = replay(scenario, queue.inOrder(), arrivals, stack);
    var replicates = new double[request.replicates()];
    for (int i = 0; i < replicates.length; i++) {
      var half = HalfSamples.draw(queue.size(), request.seed(), i);
      var own = OpenLoop.poisson(half.length, request.arrivalsPerSecond(), request.seed() + 1 + i);
      replicates[i] = replay(scenario, half, own, new LayerStack(sets, pricers)).meanNanos();
    }
    return LoopOutcome.of(scenario, loop, replicates, stack.totals());
  }

  private OpenLoop replay(LoopScenario scenario, int[] order, long[] arrivals, LayerStack stack) {
    int groups = request.groups();
    var groupOf = scenario.allocator().allocate(queue, order, groups, request.distances());
    var loop = new OpenLoop();
    for (int g = 0; g < groups; g++) {
      int group = g;
      var own = IntStream.range(0, order.length).filter(i -> groupOf[i] == group).toArray();
      loop.run(
          queue,
          IntStream.of(own).map(i -> order[i]).toArray(),
          IntStream.of(own).mapToLong(i -> arrivals[i]).toArray(),
          scenario.inFlight() / groups,
          request.chunkTokens(),
          stack);
    }
    return loop;
  }

  private StepPricer pricer(LoopScenario scenario, int layer) {
    var contender = request.contenders().get(scenario.contender());
    var size = request.model().size().orElseThrow();
    var expert = new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight());
    var shape = new LayerShape(expert, request.model().experts(), request.model().sharedExperts());
    var switches =
        StepSwitches.decode(scenario.router().attention(), request.contextTokens())
            .withTensorShards(contender.shards());
    return new StepPricer(
        request.profiles().get(scenario.profile()),
        shape,
        switches,
        contender.layers().get(layer),
        contender.singleCopies() ? RouterRule.EXACT : scenario.router());
  }
}
