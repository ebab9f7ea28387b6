package coterie.planner.bench;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.routing.ReplicaTable;
import coterie.planner.routing.SemiMatching;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Exact routing: steps of 8 distinct experts of 32, on 8 GPUs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RoutingBenchmark {

  private static final int EXPERTS = 32;
  private static final int GPUS = 8;
  private static final int ACTIVE = 8;
  private static final int STEPS = 4096;

  @Param({"4", "5", "6"})
  private int slotsPerGpu;

  private final int[][] steps = new int[STEPS][];
  private final SemiMatching matching = new SemiMatching(GPUS, EXPERTS);
  private ReplicaTable replicas;

  @Setup
  public void draw() {
    var random = new SeededRandom(1);
    var cluster = new Cluster(GPUS, slotsPerGpu);
    replicas = ReplicaTable.of(RandomProblems.placement(cluster, EXPERTS, random));
    var all = IntStream.range(0, EXPERTS).toArray();
    for (int i = 0; i < STEPS; i++) {
      random.shuffle(all);
      steps[i] = Arrays.copyOf(all, ACTIVE);
      Arrays.sort(steps[i]);
    }
  }

  /** Steps a second and core. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public int solve() {
    int sum = 0;
    for (var step : steps) {
      System.arraycopy(step, 0, matching.active(ACTIVE), 0, ACTIVE);
      sum += matching.solve(ACTIVE, replicas);
    }
    return sum;
  }
}
