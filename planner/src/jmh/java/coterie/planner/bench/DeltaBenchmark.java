package coterie.planner.bench;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.objective.HostChange;
import coterie.planner.objective.UnionCost;
import coterie.planner.routing.ReplicaTable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a swap would add to the union cost: 4,096 steps of 4 tokens x top-4 of 32, 8 GPUs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class DeltaBenchmark {

  private static final int EXPERTS = 32;
  private static final int CHANGES = 256;

  @Param({"4", "5"})
  private int slotsPerGpu;

  private final HostChange[] changes = new HostChange[CHANGES];
  private UnionCost cost;

  @Setup
  public void draw() {
    var random = new SeededRandom(1);
    var cluster = new Cluster(8, slotsPerGpu);
    var placement = RandomProblems.placement(cluster, EXPERTS, random);
    var tokens = RandomProblems.tokens(EXPERTS, 4, 2000, random);
    var steps = StepUnions.of(TokenBatches.draw(tokens, 4, 4096, random));
    cost = UnionCost.of(List.of(steps), placement);
    for (int i = 0; i < CHANGES; i++) {
      changes[i] = swap(placement, random);
    }
  }

  private static HostChange swap(Placement placement, SeededRandom random) {
    var replicas = ReplicaTable.of(placement);
    while (true) {
      int slotA = random.nextInt(placement.cluster().slots());
      int slotB = random.nextInt(placement.cluster().slots());
      int gpuA = placement.cluster().gpuOf(slotA);
      int gpuB = placement.cluster().gpuOf(slotB);
      int a = placement.expertAt(slotA);
      int b = placement.expertAt(slotB);
      if (gpuA != gpuB && !replicas.holds(gpuA, b) && !replicas.holds(gpuB, a)) {
        return HostChange.swap(a, gpuA, b, gpuB);
      }
    }
  }

  /** Exact deltas a second and core. */
  @Benchmark
  @OperationsPerInvocation(CHANGES)
  public long delta() {
    long sum = 0;
    for (var change : changes) {
      sum += cost.delta(change, Long.MAX_VALUE - 1);
    }
    return sum;
  }
}
