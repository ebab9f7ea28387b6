package coterie.jobs.bench;

import coterie.jobs.lake.LayerSets;
import coterie.jobs.lake.Selection;
import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome;
import coterie.planner.bound.BoundBudget;
import coterie.planner.bound.LayerCertificate;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.objective.UnionCost;
import coterie.planner.search.Annealing;
import coterie.planner.search.Cooling;
import coterie.planner.search.SearchBudget;
import java.io.Serializable;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;

/**
 * How much of the best known placement's excess a certificate explains, certificate and placement
 * of the same steps. The placement is the best of several annealings on those very steps.
 */
public final class CertificateBench {

  private final SparkSession spark;

  public CertificateBench(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * One kind of step.
   *
   * @param steps drawn for each layer; ignored at batch 1
   */
  public record Setting(
      Cluster cluster, int batch, int steps, int iterations, long proposals, int starts, long seed)
      implements Serializable {}

  /**
   * What came out for one layer, in experts.
   *
   * @param method what proved the certificate
   * @param seconds of the certificate
   */
  public record Result(
      int layer, double trivial, double certificate, double best, String method, double seconds)
      implements Serializable {

    /** (certificate - trivial) / (best - trivial); NaN where the best has no excess. */
    public double explained() {
      return best > trivial + 1e-12 ? (certificate - trivial) / (best - trivial) : Double.NaN;
    }
  }

  /** A result a layer, in order. */
  public List<Result> run(Selection data, List<Integer> layers, Setting setting) {
    int experts = data.model().experts();
    spark.sparkContext().setJobDescription("certificates at batch " + setting.batch());
    return LayerSets.partition(spark, data, List.of())
        .mapPartitions(
            rows -> {
              Iterable<LayerSets.Layer> all = () -> LayerSets.read(experts, rows);
              return StreamSupport.stream(all.spliterator(), false)
                  .filter(layer -> layers.isEmpty() || layers.contains(layer.id()))
                  .map(layer -> measure(layer, setting))
                  .iterator();
            })
        .collect();
  }

  private static Result measure(LayerSets.Layer layer, Setting setting) {
    var random = SeededRandom.of(setting.seed(), layer.id(), setting.batch());
    var steps =
        StepUnions.of(TokenBatches.draw(layer.tokens(), setting.batch(), setting.steps(), random));
    long begun = System.nanoTime();
    var certificate =
        LayerCertificate.largest(
            steps, setting.cluster(), BoundBudget.ofIterations(setting.iterations()));
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Result(
        layer.id(),
        certificate.trivialExperts(),
        certificate.experts(),
        best(layer, steps, setting),
        certificate.method().label(),
        seconds);
  }

  private static double best(LayerSets.Layer layer, StepUnions steps, Setting setting) {
    double best = Double.POSITIVE_INFINITY;
    for (int start = 0; start < setting.starts(); start++) {
      var problem =
          LayerProblem.of(
              setting.cluster(),
              layer.id(),
              layer.tokens(),
              List.of(setting.batch()),
              setting.steps(),
              SearchBudget.ofProposals(1),
              setting.seed() + start);
      var planner = start == 0 ? PlannerKind.EPLB : PlannerKind.RANDOM;
      var from = ((PlanningOutcome.Planned) planner.plan(problem)).placement();
      var found = anneal(from, steps, setting, start);
      best = Math.min(best, UnionCost.of(List.of(steps), found).experts());
    }
    return best;
  }

  private static Placement anneal(Placement from, StepUnions steps, Setting setting, int start) {
    return Annealing.improve(
        from,
        UnionCost.of(List.of(steps), from),
        new Cooling(5e-3, 2e-5),
        SearchBudget.ofProposals(setting.proposals()),
        SeededRandom.of(setting.seed(), start));
  }
}
