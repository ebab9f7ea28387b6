package coterie.jobs.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.report.ReportJob;
import coterie.jobs.report.ReportPage;
import coterie.jobs.report.ReportRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie report}. */
@Command(
    name = "report",
    description = "Show what the lake knows as one HTML page that needs no network.",
    footer = {
      "",
      "The page shows, for each model: what the plans judged last are worth and what no plan can",
      "beat, throughput against latency, the excess of each layer, which experts act together,"
          + " their",
      "load, the experts of a step, drift, what would move, and how all of it was made.",
      "",
      "Example:",
      "  coterie report --lake lake --out report --today eplb"
    })
final class ReportCommand implements Callable<Integer> {

  private static final String FILE = "index.html";

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for index.html; made if it is not there.")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The only model shown (default: all of the lake).")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--today",
      paramLabel = "PLAN",
      description = "Plan in use (default: the imported one, else EPLB's with the fewest slots).")
  private Optional<String> today = Optional.empty();

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    ObjectNode data;
    try (OpenLake lake = lakeOptions.open()) {
      data =
          new ReportJob(lake.spark())
              .run(new ReportRequest(model, today), Instant.now(), CoterieCommand.version());
    }
    var page = ReportPage.of(data);
    var file = write(page);
    int models = data.get("models").size();
    System.out.printf(
        "report of %d model%s to %s: %,d kB, %s%n",
        models, models == 1 ? "" : "s", file, page.length() / 1000, watch);
    return 0;
  }

  private Path write(String page) {
    var file = out.resolve(FILE);
    try {
      Files.createDirectories(out);
      return Files.writeString(file, page);
    } catch (IOException failure) {
      throw UserError.data(
          "cannot write '%s': %s".formatted(file, failure.getMessage()),
          "give --out a folder that you may write");
    }
  }
}
