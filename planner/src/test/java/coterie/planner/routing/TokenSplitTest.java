package coterie.planner.routing;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Routers that split an expert's tokens: what is optimal, against everything there is. */
class TokenSplitTest {

  /**
   * GPU 0 holds 0 and 1, GPU 1 holds 2 and 0 again. Five tokens call 0, and one of them 1, too: six
   * calls, so three a GPU: 0 sends two to GPU 0, beside the call of 1, and three to GPU 1.
   */
  @Test
  void tokensAreSplitToTheAverage() {
    var placement = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 2, 0});
    var sets = TokenSets.builder(3).add(new int[] {0}, 4).add(new int[] {0, 1}, 1).build();
    for (int seed = 0; seed < 20; seed++) {
      var batches = TokenBatches.draw(sets, 5, 1, new SeededRandom(seed));
      var load = route(RouterRule.EXACT_TOKENS.create(placement, 1), batches, 0);
      int calls = load.pairs(0) + load.pairs(1);
      assertThat(Math.max(load.pairs(0), load.pairs(1))).isEqualTo((calls + 1) / 2);
    }
  }

  @Test
  void exactTokensEqualsTheBoundOverSetsOfGpus() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      var tokens = RandomProblems.tokens(experts, 1 + random.nextInt(2), 6, random);
      var batches = TokenBatches.draw(tokens, 2 + random.nextInt(30), 5, random);
      var router = RouterRule.EXACT_TOKENS.create(placement, 1);
      for (int step = 0; step < batches.size(); step++) {
        var load = route(router, batches, step);
        assertThat(mostPairs(load)).as("seed %s", seed).isEqualTo(hall(placement, batches, step));
      }
    }
  }

  /** The largest {@code ceil(tokens confined to T / |T|)}. */
  private static int hall(Placement placement, TokenBatches batches, int step) {
    var calls = new StepCalls(placement.experts());
    calls.count(batches, step);
    var replicas = ReplicaTable.of(placement);
    int gpus = placement.cluster().gpus();
    int bound = 0;
    for (int set = 1; set < 1 << gpus; set++) {
      int confined = 0;
      for (int i = 0; i < calls.size(); i++) {
        confined += within(calls.expert(i), replicas, set) ? calls.tokens(i) : 0;
      }
      int size = Integer.bitCount(set);
      bound = Math.max(bound, (confined + size - 1) / size);
    }
    return bound;
  }

  private static boolean within(int expert, ReplicaTable replicas, int set) {
    return IntStream.range(0, replicas.copies(expert))
        .allMatch(i -> (set >>> replicas.gpu(expert, i) & 1) != 0);
  }

  /**
   * Reading an expert takes as long as two tokens. Eight tokens call expert 0, which both GPUs
   * hold: split, each GPU needs max(2, 4) = 4, whole 8. With two tokens a split brings nothing, and
   * one copy is read.
   */
  @Test
  void mixedSplitsWhereComputingBoundsTheStep() {
    var placement = Placement.of(new Cluster(2, 1), 1, new int[] {0, 0});
    var sets = TokenSets.builder(1).add(new int[] {0}, 1).build();
    var eight = TokenBatches.draw(sets, 8, 1, new SeededRandom(0));
    var load = route(RouterRule.MIXED.create(placement, 2), eight, 0);
    assertThat(load.pairs(0)).isEqualTo(4);
    var two = TokenBatches.draw(sets, 2, 1, new SeededRandom(0));
    load = route(RouterRule.MIXED.create(placement, 2), two, 0);
    assertThat(load.copies(0) + load.copies(1)).isEqualTo(1);
  }

  /** Between its bound and the better of the two routings it begins with; often the optimum. */
  @Test
  void mixedLiesBetweenItsBoundAndItsStarts() {
    int optimal = 0;
    int steps = 0;
    for (int seed = 0; seed < 200; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(2 + random.nextInt(2), 2);
      int experts = cluster.slots() - 1 - random.nextInt(2);
      var placement = RandomProblems.placement(cluster, experts, random);
      var tokens = RandomProblems.tokens(experts, 1, 6, random);
      var batches = TokenBatches.draw(tokens, 2 + random.nextInt(5), 3, random);
      double ratio = 0.5 + random.nextInt(4);
      for (int step = 0; step < batches.size(); step++) {
        double mixed = time(RouterRule.MIXED, placement, ratio, batches, step);
        double whole = time(RouterRule.EXACT, placement, ratio, batches, step);
        double split = time(RouterRule.EXACT_TOKENS, placement, ratio, batches, step);
        var distinct = route(RouterRule.EXACT.create(placement, ratio), batches, step);
        double bound = Math.max(distinct.mostCopies() * ratio, hall(placement, batches, step));
        assertThat(mixed).isLessThanOrEqualTo(Math.min(whole, split));
        assertThat(mixed).isGreaterThanOrEqualTo(bound);
        double best = bruteForce(placement, ratio, batches, step);
        assertThat(mixed).isGreaterThanOrEqualTo(best);
        optimal += mixed == best ? 1 : 0;
        steps++;
      }
    }
    assertThat(optimal).isGreaterThan(steps * 95 / 100);
  }

  private static double bruteForce(
      Placement placement, double ratio, TokenBatches batches, int step) {
    var calls = new StepCalls(placement.experts());
    calls.count(batches, step);
    int gpus = placement.cluster().gpus();
    return bruteForce(calls, 0, ReplicaTable.of(placement), ratio, new int[gpus], new int[gpus]);
  }

  private static double bruteForce(
      StepCalls calls, int next, ReplicaTable replicas, double ratio, int[] copies, int[] pairs) {
    if (next == calls.size()) {
      double most = 0;
      for (int gpu = 0; gpu < copies.length; gpu++) {
        most = Math.max(most, Math.max(copies[gpu] * ratio, pairs[gpu]));
      }
      return most;
    }
    return split(calls, next, 0, calls.tokens(next), replicas, ratio, copies, pairs);
  }

  private static double split(
      StepCalls calls,
      int index,
      int replica,
      int left,
      ReplicaTable replicas,
      double ratio,
      int[] copies,
      int[] pairs) {
    int expert = calls.expert(index);
    if (replica == replicas.copies(expert)) {
      return left > 0
          ? Double.MAX_VALUE
          : bruteForce(calls, index + 1, replicas, ratio, copies, pairs);
    }
    int gpu = replicas.gpu(expert, replica);
    double best = Double.MAX_VALUE;
    for (int part = 0; part <= left; part++) {
      copies[gpu] += part > 0 ? 1 : 0;
      pairs[gpu] += part;
      best =
          Math.min(
              best, split(calls, index, replica + 1, left - part, replicas, ratio, copies, pairs));
      copies[gpu] -= part > 0 ? 1 : 0;
      pairs[gpu] -= part;
    }
    return best;
  }

  private static double time(
      RouterRule rule, Placement placement, double ratio, TokenBatches batches, int step) {
    var load = route(rule.create(placement, ratio), batches, step);
    double most = 0;
    for (int gpu = 0; gpu < load.gpus(); gpu++) {
      most = Math.max(most, Math.max(load.copies(gpu) * ratio, load.pairs(gpu)));
    }
    return most;
  }

  private static int mostPairs(GpuLoad load) {
    return IntStream.range(0, load.gpus()).map(load::pairs).max().orElseThrow();
  }

  private static GpuLoad route(Router router, TokenBatches batches, int step) {
    var load = new GpuLoad(8);
    router.route(batches, step, load);
    return load;
  }
}
