package coterie.jobs.plan;

import coterie.planner.algorithm.BatchShare;
import coterie.planner.algorithm.Robustness;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/** Makes a plan and keeps it in the lake, with what it was made from. */
public final class PlanMaker {

  private PlanMaker() {}

  /** Plans and stores; a plan of the same name goes. */
  public static SpareSlots.Planned planAndSave(SparkSession spark, PlanRequest wanted) {
    return save(spark, SpareSlots.plan(new PlanJob(spark), wanted));
  }

  /** Stores a plan with what it was made from. */
  public static SpareSlots.Planned save(SparkSession spark, SpareSlots.Planned planned) {
    new PlanStore(spark).save(header(planned.request()), planned.layers());
    return planned;
  }

  /** What a plan of this request was made from. */
  public static Plan.Header header(PlanRequest request) {
    var data = request.data();
    return new Plan.Header(
        request.name(),
        data.model().name(),
        data.model().revision(),
        data.datasets(),
        data.phase(),
        request.cluster(),
        request.batches(),
        request.planner().label(),
        request.router().label(),
        request.seed(),
        request.stepsPerBatch(),
        request.proposals(),
        goal(request));
  }

  /** The goal of a request in words. */
  public static String goal(PlanRequest request) {
    var goal = request.goal();
    var words = new ArrayList<String>();
    words.add(Plan.Header.DISTINCT_EXPERTS);
    if (goal.mix().stream().mapToDouble(BatchShare::share).distinct().count() > 1) {
      words.add("batch weights " + goal.mix().stream().map(BatchShare::share).toList());
    }
    if (request.alike()) {
      words.add(goal.robustness() == Robustness.WORST ? "worst data set" : "data sets alike");
    }
    goal.mostImbalance()
        .ifPresent(
            limit -> words.add(String.format(Locale.ROOT, "token imbalance at most %s", limit)));
    goal.mostMovedSlots()
        .ifPresent(
            limit ->
                words.add(
                    "at most %d slots a layer moved from '%s'"
                        .formatted(limit, request.current().orElseThrow().header().name())));
    var prices = goal.prices();
    addPrice(words, prices.imbalance(), "token imbalance");
    addPrice(words, prices.gpusPerToken(), "GPUs a token");
    addPrice(words, prices.nodesPerToken(), "nodes a token");
    addPrice(words, prices.movedSlots(), "slots of a layer moved");
    return String.join(", ", words);
  }

  private static void addPrice(List<String> words, double price, String term) {
    if (price > 0) {
      words.add("plus %s x %s".formatted(price, term));
    }
  }
}
