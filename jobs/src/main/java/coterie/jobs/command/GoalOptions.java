package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanStore;
import coterie.planner.algorithm.BatchShare;
import coterie.planner.algorithm.Goal;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.Prices;
import coterie.planner.algorithm.Robustness;
import coterie.planner.model.Cluster;
import coterie.planner.profile.ExpertShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a plan shall keep, and whose data sets count how: options of {@code plan}. */
final class GoalOptions {

  private static final String MEAN = "mean";
  private static final String WORST = "worst";
  private static final String IMBALANCE = "imbalance";
  private static final String GPUS = "gpus";
  private static final String NODES = "nodes";
  private static final String MOVED_SLOTS = "moved-slots";
  private static final List<String> TERMS = List.of(IMBALANCE, GPUS, NODES, MOVED_SLOTS);

  @Option(
      names = "--robust",
      paramLabel = "HOW",
      description =
          "Several data sets: mean of their costs, each alike, or worst of them"
              + " (default: every token counts alike).")
  private Optional<String> robust = Optional.empty();

  @Option(
      names = "--max-imbalance",
      paramLabel = "X",
      description =
          "Limit on tokens of the busiest GPU over the mean, on the planning data, by even split.")
  private Optional<Double> mostImbalance = Optional.empty();

  @Option(
      names = "--current",
      paramLabel = "P",
      description = "Plan in use, of the same GPUs and slots.")
  private Optional<String> currentPlan = Optional.empty();

  @Option(
      names = "--max-moved-slots",
      paramLabel = "N",
      description = "Slots of each layer that may change against --current.")
  private Optional<Integer> mostMovedSlots = Optional.empty();

  @Option(
      names = "--max-moved-bytes",
      paramLabel = "N",
      description = "Bytes that may be copied in all, spread evenly over the layers.")
  private Optional<Long> mostMovedBytes = Optional.empty();

  @Option(
      names = "--weigh",
      paramLabel = "TERM=X,TERM=X..",
      split = ",",
      hideParamSyntax = true,
      description =
          "Other terms, each at X distinct experts a unit: imbalance (for 1.0), gpus and nodes"
              + " (a token is sent to), moved-slots (of a layer). affinity knows gpus and nodes.")
  private Map<String, Double> prices = Map.of();

  /** True if data sets count alike, whatever they hold. */
  boolean alike() {
    robust.ifPresent(how -> Checks.oneOf("--robust", how, List.of(MEAN, WORST)));
    return robust.isPresent();
  }

  /**
   * The goal that the options state.
   *
   * @throws UserError if they contradict each other, or the planner knows no goals
   */
  Goal goal(List<BatchShare> mix, PlannerKind planner, ModelGeometry model) {
    var goal = Goal.ofMix(mix);
    if (alike() && robust.get().equals(WORST)) {
      goal = goal.withRobustness(Robustness.WORST);
    }
    if (mostImbalance.isPresent()) {
      requireSearch("--max-imbalance", planner);
      if (!(mostImbalance.get() >= 1)) {
        throw UserError.usage(
            "--max-imbalance is %s".formatted(mostImbalance.get()),
            "tokens of the busiest GPU over the mean: at least 1");
      }
      goal = goal.withMostImbalance(mostImbalance.get());
    }
    var moved = movedSlots(model);
    if (moved.isPresent()) {
      requireSearch("a limit on what moves", planner);
      if (currentPlan.isEmpty()) {
        throw UserError.usage("a limit on what moves needs a plan in use", "name it: --current P");
      }
      goal = goal.withMostMovedSlots(moved.get());
    }
    return prices.isEmpty() ? goal : goal.withPrices(prices(planner));
  }

  private Prices prices(PlannerKind planner) {
    for (var price : prices.entrySet()) {
      String term = Checks.oneOf("--weigh", price.getKey(), TERMS);
      if (!(price.getValue() >= 0 && price.getValue() < Double.POSITIVE_INFINITY)) {
        throw UserError.usage(
            "--weigh %s=%s".formatted(term, price.getValue()),
            "a price in distinct experts: at least 0");
      }
      boolean traffic = term.equals(GPUS) || term.equals(NODES);
      if (!(traffic && planner == PlannerKind.AFFINITY)) {
        requireSearch("--weigh " + term, planner);
      }
    }
    if (price(MOVED_SLOTS) > 0 && currentPlan.isEmpty()) {
      throw UserError.usage(
          "--weigh %s needs a plan in use".formatted(MOVED_SLOTS), "name it: --current P");
    }
    return new Prices(price(IMBALANCE), price(GPUS), price(NODES), price(MOVED_SLOTS));
  }

  private double price(String term) {
    return prices.getOrDefault(term, 0.0);
  }

  private static void requireSearch(String what, PlannerKind planner) {
    if (planner != PlannerKind.LOCAL_SEARCH) {
      throw UserError.usage(
          "%s: planner %s keeps no limits and weighs no terms".formatted(what, planner.label()),
          "--planner local-search does");
    }
  }

  private Optional<Integer> movedSlots(ModelGeometry model) {
    mostMovedSlots.ifPresent(slots -> Checks.atLeast("--max-moved-slots", slots, 0));
    if (mostMovedBytes.isEmpty()) {
      return mostMovedSlots;
    }
    Checks.atLeast("--max-moved-bytes", mostMovedBytes.get(), 0);
    var size =
        model
            .size()
            .orElseThrow(
                () ->
                    UserError.usage(
                        "--max-moved-bytes: the size of an expert of %s is not known"
                            .formatted(model.name()),
                        "give --max-moved-slots"));
    var expert = new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight());
    double slots = mostMovedBytes.get() / expert.bytes() / model.moeLayers().size();
    int fromBytes = (int) Math.min(Integer.MAX_VALUE - 1, Math.floor(slots));
    return Optional.of(Math.min(fromBytes, mostMovedSlots.orElse(Integer.MAX_VALUE)));
  }

  /**
   * The plan in use.
   *
   * @throws UserError if it is of another model or cluster
   */
  Optional<Plan> current(PlanStore store, ModelGeometry model, Cluster cluster) {
    var plan = currentPlan.map(store::load);
    plan.ifPresent(
        current -> {
          var header = current.header();
          if (!header.model().equals(model.name())
              || !header.revision().equals(model.revision())
              || !current.layers().keySet().containsAll(model.moeLayers())) {
            throw UserError.usage(
                "--current '%s' is for %s (%s)"
                    .formatted(header.name(), header.model(), header.revision()),
                "give a plan of %s (%s)".formatted(model.name(), model.revision()));
          }
          for (var layer : current.layers().entrySet()) {
            if (!layer.getValue().cluster().equals(cluster)) {
              throw UserError.usage(
                  "layer %d of --current '%s' has %s, not %s"
                      .formatted(
                          layer.getKey(), header.name(), layer.getValue().cluster(), cluster),
                  "give the --gpus and --slots-per-gpu of the plan in use");
            }
          }
        });
    return plan;
  }
}
