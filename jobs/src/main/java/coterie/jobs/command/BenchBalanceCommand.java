package coterie.jobs.command;

import coterie.ingest.container.MalformedException;
import coterie.ingest.error.UserError;
import coterie.jobs.bench.BalanceBench;
import coterie.jobs.bench.TrafficBench;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coterie bench balance}. */
@Command(
    name = "balance",
    description = "Token balance of every planner beside its certificate, and traffic against it.",
    footer = {
      "",
      "Case A: 58 layers of 256 experts in 8 groups, 288 slots on 32 GPUs of 4 nodes.",
      "Case B: 48 layers of 128 experts, no spare slot, 8 GPUs. Loads: Zipf x lognormal(0.3).",
      "Case C: the topic trace synthetic/topics_8192x8x8_E128.npz, 128 slots on 8 GPUs of 2 nodes.",
      "",
      "Example:",
      "  coterie bench balance --traces traces"
    })
final class BenchBalanceCommand implements Callable<Integer> {

  private static final double ASSIGNMENTS = 524_288;
  private static final String TRACE = "synthetic/topics_8192x8x8_E128.npz";

  private static final List<PlannerKind> PLANNERS =
      List.of(
          PlannerKind.CONTIGUOUS,
          PlannerKind.ROUND_ROBIN,
          PlannerKind.EPLB,
          PlannerKind.LPT,
          PlannerKind.LOAD_BALANCE,
          PlannerKind.EPLB_HIERARCHICAL,
          PlannerKind.LOAD_BALANCE_HIERARCHICAL);

  @Option(
      names = "--traces",
      paramLabel = "DIR",
      description = "Folder of traces, for case C (default: the environment's COTERIE_TRACES).")
  private Optional<Path> traces =
      Optional.ofNullable(System.getenv("COTERIE_TRACES")).map(Path::of);

  @Option(
      names = "--proposals",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Moves that affinity prices in each layer (default: ${DEFAULT-VALUE}).")
  private long proposals;

  @Override
  public Integer call() {
    Checks.atLeast("--proposals", proposals, 1);
    var trace = traces.map(folder -> folder.resolve(TRACE));
    if (trace.isPresent() && !Files.isRegularFile(trace.get())) {
      throw UserError.data(
          "no file '%s'".formatted(trace.get()), "give the folder of the traces as --traces");
    }
    for (double exponent : new double[] {0.4, 0.8}) {
      print(new BalanceBench.Case("A", 58, 256, new Cluster(4, 32, 9), 8, exponent));
      print(new BalanceBench.Case("B", 48, 128, new Cluster(8, 16), 1, exponent));
    }
    if (trace.isPresent()) {
      traffic(trace.get());
    } else {
      System.out.println("case C skipped: no --traces and no COTERIE_TRACES");
    }
    return 0;
  }

  private static void print(BalanceBench.Case bench) {
    System.out.printf(
        Locale.ROOT,
        "%ncase %s: %d layers x %d experts on %s, Zipf %.1f%n",
        bench.name(),
        bench.layers(),
        bench.experts(),
        bench.cluster(),
        bench.exponent());
    var run = new BalanceBench(bench, ASSIGNMENTS);
    var table =
        new TextTable(
            "planner",
            "max/mean",
            "worst",
            "certificate",
            "worst gap",
            "twins",
            "moved",
            "s",
            "time / eplb");
    double eplbSeconds = run.run(PlannerKind.EPLB).seconds();
    for (var planner : PLANNERS) {
      row(table, planner.label(), run.run(planner), eplbSeconds);
    }
    row(table, "eplb as published", run.published(PlannerKind.EPLB), eplbSeconds);
    row(
        table,
        "eplb-hierarchical as published",
        run.published(PlannerKind.EPLB_HIERARCHICAL),
        eplbSeconds);
    System.out.print(table.render());
    if (bench.cluster().slots() == bench.experts()) {
      var budgets = new TextTable("spares a layer", "alike", "shared by gain", "shared exactly");
      for (var shares : run.budgets(List.of(0, 1, 2, 4, 8))) {
        budgets.row(
            Integer.toString(shares.spares()),
            fixed(shares.alike()),
            fixed(shares.shared()),
            fixed(shares.exact()));
      }
      System.out.print(budgets.render());
    }
  }

  private static void row(TextTable table, String name, BalanceBench.Row row, double eplbSeconds) {
    table.row(
        name,
        fixed(row.imbalance()),
        fixed(row.worst()),
        fixed(row.certificate()),
        fixed(row.worstGap()),
        "%.2f".formatted(row.twins()),
        Double.isNaN(row.moved()) ? "-" : "%.2f".formatted(row.moved()),
        "%.3f".formatted(row.seconds()),
        "%.1f".formatted(row.seconds() / eplbSeconds));
  }

  private static String fixed(double value) {
    return Double.isNaN(value) ? "-" : "%.5f".formatted(value);
  }

  private void traffic(Path trace) {
    TrafficBench bench;
    try {
      bench = new TrafficBench(trace, 128, new Cluster(2, 8, 16));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (MalformedException broken) {
      throw UserError.data("%s: %s".formatted(trace, broken.getMessage()), "is it whole?");
    }
    System.out.printf("%ncase C: %s%n", trace.getFileName());
    var table =
        new TextTable(
            "planner", "max/mean", "GPUs a token", "nodes a token", "moved on", "aligned", "s");
    for (var planner :
        List.of(
            PlannerKind.CONTIGUOUS,
            PlannerKind.EPLB,
            PlannerKind.LOAD_BALANCE,
            PlannerKind.COACTIVATION_GREEDY)) {
      row(table, planner.label(), bench.run(planner, 1, proposals));
    }
    for (double limit : new double[] {1.008, 1.03, 1.078, 1.15, 1.30}) {
      row(table, "affinity, at most " + limit, bench.run(PlannerKind.AFFINITY, limit, proposals));
    }
    System.out.print(table.render());
    System.out.println(
        "  moved on: share of pairs of an expert and the next layer's on another GPU");
  }

  private static void row(TextTable table, String name, TrafficBench.Row row) {
    table.row(
        name,
        "%.4f".formatted(row.imbalance()),
        "%.3f".formatted(row.gpus()),
        "%.3f".formatted(row.nodes()),
        "%.3f".formatted(row.moved()),
        "%.3f".formatted(row.movedAligned()),
        "%.1f".formatted(row.seconds()));
  }
}
