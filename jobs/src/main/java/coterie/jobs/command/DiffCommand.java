package coterie.jobs.command;

import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.PlanDiff;
import coterie.jobs.plan.PlanStore;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coterie diff}. */
@Command(
    name = "diff",
    description = "Count what has to be copied to turn one plan into another.",
    footer = {
      "",
      "A slot is moved if its expert is new to its GPU; the order of slots within a GPU does not",
      "matter. Bytes are those of the moved experts' weights.",
      "",
      "Example:",
      "  coterie diff --lake lake current tonight"
    })
final class DiffCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Parameters(index = "0", paramLabel = "PLAN_A", description = "Plan in use.")
  private String from;

  @Parameters(index = "1", paramLabel = "PLAN_B", description = "Plan that shall replace it.")
  private String to;

  @Option(names = "--json", description = "Print JSON, with each layer's moves to each GPU.")
  private boolean json;

  @Override
  public Integer call() {
    PlanDiff diff;
    OptionalDouble expertBytes;
    try (OpenLake lake = lakeOptions.open()) {
      var store = new PlanStore(lake.spark());
      var current = store.load(from);
      diff = PlanDiff.of(current, store.load(to));
      var header = current.header();
      var model = new Selector(lake.spark()).model(header.model(), Optional.of(header.revision()));
      expertBytes = DiffReport.expertBytes(model);
    }
    var report = new DiffReport(diff, expertBytes);
    System.out.print(json ? report.json() : report.text());
    return 0;
  }
}
