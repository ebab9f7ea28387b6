package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.plan.PlanRequest;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is done beside one search of each layer: options of {@code plan}. */
final class RefineOptions {

  @Option(
      names = "--starts",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Searches of each layer from seeds of their own; the best counts"
              + " (default: ${DEFAULT-VALUE}).")
  private int starts;

  @Option(
      names = "--spare-budget",
      paramLabel = "N",
      description =
          "Spare slots of a GPU, all layers together, given to the layers that gain most;"
              + " --slots-per-gpu is then the most that a layer may have.")
  private Optional<Integer> spareBudget = Optional.empty();

  @Option(
      names = "--align",
      description = "Rename the GPUs of each layer so that tokens change GPU less between layers.")
  private boolean align;

  int starts() {
    return Checks.atLeast("--starts", starts, 1);
  }

  boolean align() {
    return align;
  }

  Optional<Integer> spareBudget() {
    spareBudget.ifPresent(slots -> Checks.atLeast("--spare-budget", slots, 0));
    return spareBudget;
  }

  /**
   * Refuses what cannot go together.
   *
   * @throws UserError naming the options
   */
  void check(PlanRequest request) {
    boolean inUse = request.current().isPresent();
    if (align && inUse) {
      throw UserError.usage(
          "--align with --current: renaming GPUs would move every expert",
          "align the plan that is made first, and keep later ones near it");
    }
    if (spareBudget().isEmpty()) {
      return;
    }
    if (inUse) {
      throw UserError.usage(
          "--spare-budget with --current: layers would have other slots than the plan in use",
          "leave one of them out");
    }
    if (!request.cluster().even()) {
      throw UserError.usage(
          "--spare-budget on %s".formatted(request.cluster()),
          "spares are shared out where all GPUs have as many slots");
    }
    if (!request.countsOnly().isEmpty()) {
      throw UserError.usage(
          "--spare-budget: data set '%s' holds counts only"
              .formatted(String.join("', '", request.countsOnly())),
          "what a spare slot brings is told by recorded tokens");
    }
  }
}
