package coterie.jobs.command;

import coterie.jobs.bench.WorkersBench;
import coterie.jobs.generate.SyntheticModel;
import coterie.jobs.text.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coterie bench workers}. */
@Command(
    name = "workers",
    description =
        "The same two nights with one and with two workers of one core: speed-up by stage.",
    footer = {
      "",
      "Starts standalone clusters on this host, one after the other, in turns; medians over the",
      "rounds. The host should have three cores that nobody else uses, one for the driver.",
      "",
      "Example:",
      "  coterie bench workers --requests 2000 --rounds 3"
    })
final class BenchWorkersCommand implements Callable<Integer> {

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Made-up requests a night (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds that are counted, after one that is not (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Checks.atLeast("--requests", requests, 64);
    Checks.atLeast("--rounds", rounds, 1);
    var folder = Files.createTempDirectory("coterie-workers");
    try {
      var bench = new WorkersBench(folder, new SyntheticModel(12, 32, 4), requests);
      var table = new TextTable("stage", "1 worker s", "2 workers s", "speed-up");
      for (var stage : bench.run(rounds)) {
        table.row(
            stage.name(),
            "%.1f".formatted(stage.one()),
            "%.1f".formatted(stage.two()),
            "%.2f".formatted(stage.one() / stage.two()));
      }
      System.out.print(table.render());
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
    return 0;
  }
}
