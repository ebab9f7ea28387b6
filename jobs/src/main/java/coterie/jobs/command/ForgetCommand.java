package coterie.jobs.command;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeRequest;
import coterie.ingest.Forget;
import coterie.ingest.ForgetReceipt;
import coterie.ingest.ForgetRequest;
import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie forget}. */
@Command(
    name = "forget",
    description = "Take requests, workloads, days or files out of a data set, and count it anew.",
    footer = {
      "",
      "Facts must meet all kinds of conditions that are given, and one value of each. A forgotten",
      "request stays out when its file is ingested again; a file given with --source may be",
      "ingested again. Until coterie maintain expires them, older snapshots hold what went.",
      "",
      "Example:",
      "  coterie forget --lake lake --model gpt-oss-20b --dataset chat --request user-17/3"
    })
final class ForgetCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Model.")
  private String model;

  @Option(names = "--dataset", paramLabel = "NAME", required = true, description = "Data set.")
  private String dataset;

  @Option(names = "--request", paramLabel = "ID", description = "Request id; may be repeated.")
  private List<String> requests = List.of();

  @Option(names = "--workload", paramLabel = "NAME", description = "Workload; may be repeated.")
  private List<String> workloads = List.of();

  @Option(
      names = "--source",
      paramLabel = "PATH",
      description = "File that was ingested, by the end of its path; may be repeated.")
  private List<String> sources = List.of();

  @Option(names = "--day", paramLabel = "DATE", description = "Day; may be repeated.")
  private List<LocalDate> days = List.of();

  @Option(names = "--all", description = "The whole data set.")
  private boolean all;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    var request = new ForgetRequest(model, dataset, requests, workloads, sources, days);
    if (request.unconditional() != all) {
      throw UserError.usage(
          all ? "--all leaves nothing to choose" : "nothing says what to forget",
          all
              ? "give --all alone"
              : "give --request, --workload, --source or --day, or --all for the whole data set");
    }
    ForgetReceipt receipt;
    try (OpenLake lake = lakeOptions.open()) {
      receipt = lake.writeFacts(model, dataset, () -> new Forget(lake.spark()).run(request));
      lake.writeStatistics(
          () -> new Analysis(lake.spark()).run(AnalyzeRequest.again(model, dataset)));
    }
    System.out.printf(
        "forgot %,d records with %,d tokens of %,d files in data set '%s', %s%n",
        receipt.records(), receipt.tokens(), receipt.sources(), dataset, watch);
    System.out.println(
        receipt.wholeSources()
            ? "  the statistics are counted anew; the files may be ingested again"
            : "  the statistics are counted anew; the files stay known and do not bring them back");
    return 0;
  }
}
