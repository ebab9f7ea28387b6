package coterie.jobs.command;

import coterie.jobs.bench.SearchBench;
import coterie.jobs.bench.TopicTrace;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.Goal;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.search.SearchBudget;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coterie bench scale}. */
@Command(
    name = "scale",
    description = "Quality of local search against time on a large generated model.",
    footer = {
      "",
      "The trace is made up: every topic prefers experts of its own. Proposals a second are measured",
      "first, so that the cooling of each search fits its time.",
      "",
      "Example:",
      "  coterie bench scale --layers 58 --seconds 10,30,120"
    })
final class BenchScaleCommand implements Callable<Integer> {

  private static final int TOPICS = 64;
  private static final int TOP_K = 8;
  private static final long PROBE = 200;

  @Option(names = "--layers", defaultValue = "58", description = "Layers.")
  private int layers;

  @Option(names = "--experts", defaultValue = "256", description = "Experts a layer.")
  private int experts;

  @Option(names = "--gpus", defaultValue = "32", description = "GPUs.")
  private int gpus;

  @Option(names = "--slots-per-gpu", defaultValue = "9", description = "Slots of each GPU.")
  private int slotsPerGpu;

  @Option(names = "--tokens", defaultValue = "20000", description = "Tokens planned on.")
  private int tokens;

  @Option(names = "--batch", split = ",", defaultValue = "1,8,64", description = "Batch sizes.")
  private List<Integer> batches;

  @Option(names = "--steps", defaultValue = "2048", description = "Steps of each batch size.")
  private int steps;

  @Option(
      names = "--seconds",
      split = ",",
      defaultValue = "10,30,120",
      description = "Time for the whole model (default: ${DEFAULT-VALUE}).")
  private List<Integer> seconds;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of trace and search.")
  private long seed;

  @Override
  public Integer call() {
    var cluster = new Cluster(gpus, slotsPerGpu);
    var trace = IntStream.range(0, layers).parallel().mapToObj(this::layer).toList();
    var goal = Goal.ofBatches(batches);
    var table = new TextTable("plan", "proposals", "seconds", "held out, batch " + batches);
    table.row("eplb", "", "", numbers(bench(trace, 1).row(PlannerKind.EPLB, cluster, goal)));
    long once = time(() -> bench(trace, 1).row(PlannerKind.LOCAL_SEARCH, cluster, goal));
    long probed = time(() -> bench(trace, PROBE).row(PlannerKind.LOCAL_SEARCH, cluster, goal));
    double secondsEach = Math.max(1e-9, (probed - once) / 1e9 / PROBE);
    for (int limit : seconds) {
      long proposals = Math.max(1, (long) ((limit - once / 1e9) / secondsEach));
      long start = System.nanoTime();
      var row = bench(trace, proposals).row(PlannerKind.LOCAL_SEARCH, cluster, goal);
      table.row(
          "local-search",
          "%,d".formatted(proposals),
          "%.0f".formatted((System.nanoTime() - start) / 1e9),
          numbers(row));
    }
    System.out.print(table.render());
    System.out.printf(
        "  %d layers of %d experts on %s, %,d tokens of %d topics, synthetic, seed %d,"
            + " judging included, %d processors%n",
        layers, experts, cluster, tokens, TOPICS, seed, Runtime.getRuntime().availableProcessors());
    return 0;
  }

  private static long time(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return System.nanoTime() - start;
  }

  private SearchBench.Layer layer(int id) {
    var trace = new TopicTrace(experts, TOP_K, TOPICS, SeededRandom.of(seed, id, 0));
    return new SearchBench.Layer(
        id,
        trace.draw(tokens, SeededRandom.of(seed, id, 1)),
        trace.draw(tokens, SeededRandom.of(seed, id, 2)));
  }

  private SearchBench bench(List<SearchBench.Layer> trace, long proposals) {
    return new SearchBench(trace, batches, steps, SearchBudget.ofProposals(proposals), seed);
  }

  private static String numbers(SearchBench.Row row) {
    return row.experts().stream().map("%.3f"::formatted).collect(Collectors.joining(" / "));
  }
}
