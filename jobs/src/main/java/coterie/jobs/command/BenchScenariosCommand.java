package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.scenario.ScenarioBench;
import coterie.jobs.scenario.ScenarioRequest;
import coterie.planner.algorithm.PlannerKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coterie bench scenarios}. */
@Command(
    name = "scenarios",
    description = "Plan and judge the standard scenarios: experts, microseconds, share of TPOT.",
    footer = {
      "",
      "Scenarios 1, 2, 3 and 8 read recorded traces of gpt-oss-20b and are planned on mmlu_test,",
      "judged on mmlu_dev; 4 to 7 are generated: two days of the same router.",
      "",
      "Example:",
      "  coterie bench scenarios --scenario 2 --traces traces --layers 24"
    })
final class BenchScenariosCommand implements Callable<Integer> {

  @Option(
      names = "--scenario",
      paramLabel = "N,N..",
      split = ",",
      hideParamSyntax = true,
      description = "Which of the eight (default: all).")
  private List<Integer> numbers;

  @Option(
      names = "--traces",
      paramLabel = "DIR",
      defaultValue = "${env:COTERIE_TRACES:-../shared/traces}",
      description = "Recorded traces (default: COTERIE_TRACES, else ../shared/traces).")
  private Path traces;

  @Option(
      names = "--planner",
      paramLabel = "NAME",
      defaultValue = "local-search",
      description = "Planner that is held against EPLB (default: ${DEFAULT-VALUE}).")
  private String planner;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "4",
      description = "Layers of each model, evenly chosen (default: ${DEFAULT-VALUE}).")
  private int layers;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Steps to judge on, fewer of large batches (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--planning-steps",
      paramLabel = "N",
      defaultValue = "2048",
      description = "Steps to plan on, fewer of large batches (default: ${DEFAULT-VALUE}).")
  private int planningSteps;

  @Option(
      names = "--proposals",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Moves that a search tries for each plan (default: ${DEFAULT-VALUE}).")
  private long proposals;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "YAML with constants over those of each scenario's profile.")
  private Path profile;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Same seed, same table (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    Checks.atLeast("--layers", layers, 1);
    Checks.atLeast("--steps", steps, 2);
    Checks.atLeast("--planning-steps", planningSteps, 1);
    Checks.atLeast("--proposals", proposals, 1L);
    var request =
        new ScenarioRequest(
            traces,
            kind(),
            layers,
            planningSteps,
            proposals,
            steps,
            Optional.ofNullable(profile),
            seed);
    for (int number : chosen()) {
      var watch = new Stopwatch();
      var result = ScenarioBench.run(number, request);
      System.out.print(ScenarioTable.render(result));
      System.out.printf("  %d layers, %.0f s%n%n", layers, watch.seconds());
    }
    System.out.print(ScenarioTable.legend());
    return 0;
  }

  private PlannerKind kind() {
    return PlannerKind.find(planner)
        .orElseThrow(
            () ->
                UserError.usage(
                    "unknown --planner '%s'".formatted(planner),
                    "one of: "
                        + Arrays.stream(PlannerKind.values())
                            .map(PlannerKind::label)
                            .collect(Collectors.joining(", "))));
  }

  private List<Integer> chosen() {
    if (numbers == null) {
      return IntStream.rangeClosed(1, ScenarioBench.count()).boxed().toList();
    }
    for (int number : numbers) {
      if (number < 1 || number > ScenarioBench.count()) {
        throw UserError.usage(
            "--scenario is %d".formatted(number),
            "must be from 1 to %d".formatted(ScenarioBench.count()));
      }
    }
    return numbers;
  }
}
