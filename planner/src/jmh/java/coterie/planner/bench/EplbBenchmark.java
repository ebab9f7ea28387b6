package coterie.planner.bench;

import coterie.planner.algorithm.Eplb;
import coterie.planner.model.SeededRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** EPLB as published: 58 layers of 256 experts in 288 slots on 32 GPUs, Zipf loads. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EplbBenchmark {

  private static final int LAYERS = 58;
  private static final int EXPERTS = 256;
  private static final int SLOTS = 288;
  private static final int GPUS = 32;
  private static final int NODES = 4;
  private static final int GROUPS = 8;
  private static final double ZIPF = 0.8;

  private final double[][] load = new double[LAYERS][EXPERTS];

  @Setup
  public void draw() {
    var random = new SeededRandom(3);
    var rank = IntStream.range(0, EXPERTS).toArray();
    for (var layer : load) {
      random.shuffle(rank);
      for (int expert = 0; expert < EXPERTS; expert++) {
        double noise = 0.3 * (2 * random.nextDouble() - 1);
        layer[expert] = 1e5 * Math.pow(rank[expert] + 1, -ZIPF) * Math.exp(noise);
      }
    }
  }

  /** All layers, global form. */
  @Benchmark
  public int global() {
    return all(1, 1);
  }

  /** All layers, groups packed onto nodes first. */
  @Benchmark
  public int hierarchical() {
    return all(GROUPS, NODES);
  }

  private int all(int groups, int nodes) {
    int sum = 0;
    for (var layer : load) {
      sum += Eplb.slots(layer, SLOTS, groups, nodes, GPUS)[0];
    }
    return sum;
  }
}
