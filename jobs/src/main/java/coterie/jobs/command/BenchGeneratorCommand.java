package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.bench.GeneratorBench;
import coterie.jobs.generate.RouterTraits;
import coterie.jobs.generate.TraceStatistics;
import coterie.jobs.text.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coterie bench generator}. */
@Command(
    name = "generator",
    description = "How like real traces the made-up ones are, statistic by statistic.",
    footer = {
      "",
      "Two files of vLLM responses stand for two days; two days of as many requests are made up",
      "for a model of the same shape. Decode tokens; means over layers.",
      "",
      "Example:",
      "  coterie bench generator --model gpt-oss-20b mmlu_test.jsonl.gz mmlu_dev.jsonl.gz"
    })
final class BenchGeneratorCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "Model of the real traces, one whose shape is built in.")
  private String model;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "7",
      description = "Same seed, same requests (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Parameters(paramLabel = "FILE", arity = "2", description = "vLLM responses, one a line.")
  private List<Path> files;

  @Override
  public Integer call() throws IOException {
    var shape = Checks.builtInShape(model);
    var bench = new GeneratorBench(shape);
    var real = new ArrayList<TraceStatistics>();
    for (var file : files) {
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw UserError.data(
            "cannot read '%s' as a file".formatted(file), "give two files of vLLM responses");
      }
      var counted = bench.real(file);
      if (counted.tokens() == 0) {
        throw UserError.data(
            "no decode tokens in '%s'".formatted(file),
            "vLLM responses with routed_experts, one a line, of a model shaped like " + model);
      }
      real.add(counted);
    }
    var madeUp = new ArrayList<TraceStatistics>();
    for (int day = 0; day < 2; day++) {
      madeUp.add(bench.madeUp(RouterTraits.FITTED, seed, day, real.get(day).requests()));
    }
    print(shape, real, madeUp);
    return 0;
  }

  private void print(
      ModelGeometry shape, List<TraceStatistics> real, List<TraceStatistics> madeUp) {
    var table = new TextTable("statistic", "real, 1", "real, 2", "made up, 1", "made up, 2");
    row(table, real, madeUp, "%,.0f", "requests", TraceStatistics::requests);
    row(table, real, madeUp, "%,.0f", "decode tokens", TraceStatistics::tokens);
    table.gap();
    row(table, real, madeUp, "%.2f", "busiest expert / mean", TraceStatistics::busiestOverMean);
    row(table, real, madeUp, "%.3f", "Gini of loads", TraceStatistics::loadGini);
    row(table, real, madeUp, "%.2f", "lift where pairs meet", TraceStatistics::meetingLift);
    row(table, real, madeUp, "%.2f", "lift, median pair", s -> s.liftQuantile(0.5));
    row(table, real, madeUp, "%.2f", "lift, 95 % of pairs", s -> s.liftQuantile(0.95));
    row(table, real, madeUp, "%.3f", "experts called again", TraceStatistics::reuse);
    row(table, real, madeUp, "%.3f", "distinct sets / token", TraceStatistics::distinctSets);
    row(table, real, madeUp, "%.0f", "length, mean", TraceStatistics::meanLength);
    row(table, real, madeUp, "%.0f", "length, median", s -> s.lengthQuantile(0.5));
    row(table, real, madeUp, "%.0f", "length, 95 %", s -> s.lengthQuantile(0.95));
    table.row(
        "drift from 1 to 2",
        "",
        "%.3f".formatted(real.get(0).drift(real.get(1))),
        "",
        "%.3f".formatted(madeUp.get(0).drift(madeUp.get(1))));
    System.out.print(table.render());
    System.out.printf(
        "  %s and %s, %d layers, top-%d of %d experts; made up with seed %d%n",
        files.get(0).getFileName(),
        files.get(1).getFileName(),
        shape.moeLayers().size(),
        shape.topK(),
        shape.experts(),
        seed);
  }

  private static void row(
      TextTable table,
      List<TraceStatistics> real,
      List<TraceStatistics> madeUp,
      String format,
      String name,
      ToDoubleFunction<TraceStatistics> statistic) {
    table.row(
        name,
        format.formatted(statistic.applyAsDouble(real.get(0))),
        format.formatted(statistic.applyAsDouble(real.get(1))),
        format.formatted(statistic.applyAsDouble(madeUp.get(0))),
        format.formatted(statistic.applyAsDouble(madeUp.get(1))));
  }
}
