package coterie.jobs.plan;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import coterie.analytics.table.TransitionTable;
import coterie.ingest.error.UserError;
import coterie.jobs.lake.Selection;
import coterie.planner.align.GpuAlignment;
import coterie.planner.align.Transitions;
import coterie.planner.model.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Renames the GPUs of each layer of a plan so that tokens stay where they are, from {@code
 * transition}.
 *
 * <p>What reaches the driver grows with layers x experts x experts, not with the traces. Costs and
 * imbalances of the layers stay as they were.
 */
public final class LayerAlignment {

  private LayerAlignment() {}

  /**
   * Layers with renamed GPUs.
   *
   * @param movedBefore share of the expert pairs of neighbouring layers that change GPU, in {@code
   *     [0, 1]}, mean over pairs of layers
   * @param movedAfter the same after renaming; never above
   */
  public record Aligned(List<PlannedLayer> layers, double movedBefore, double movedAfter) {

    public Aligned {
      layers = List.copyOf(layers);
    }
  }

  /**
   * Aligns.
   *
   * @param layers of one plan, in order
   * @throws UserError if the data know no transitions
   */
  public static Aligned align(SparkSession spark, Selection data, List<PlannedLayer> layers) {
    var placements = layers.stream().map(PlannedLayer::placement).toList();
    var transitions = transitions(spark, data, layers);
    var aligned = GpuAlignment.align(placements, transitions);
    var renamed = new ArrayList<PlannedLayer>();
    for (int i = 0; i < layers.size(); i++) {
      renamed.add(layers.get(i).withPlacement(aligned.get(i)));
    }
    return new Aligned(renamed, moved(placements, transitions), moved(aligned, transitions));
  }

  private static double moved(List<Placement> layers, List<Transitions> transitions) {
    double sum = 0;
    for (int i = 0; i < transitions.size(); i++) {
      sum += transitions.get(i).movedShare(layers.get(i), layers.get(i + 1));
    }
    return transitions.isEmpty() ? 0 : sum / transitions.size();
  }

  private static List<Transitions> transitions(
      SparkSession spark, Selection data, List<PlannedLayer> layers) {
    int experts = data.model().experts();
    Map<Integer, double[]> pairs = new HashMap<>();
    for (Row row : counted(spark, data)) {
      pairs
              .computeIfAbsent(row.getInt(0), layer -> new double[experts * experts])[
              row.getInt(1) * experts + row.getInt(2)] =
          row.getLong(3);
    }
    var transitions = new ArrayList<Transitions>();
    for (int i = 0; i + 1 < layers.size(); i++) {
      int layer = layers.get(i).layer();
      var counts = pairs.get(layer);
      if (counts == null) {
        throw UserError.usage(
            "data set '%s' has no transitions from layer %d"
                .formatted(String.join("', '", data.datasets()), layer),
            "plan without --align, or run: coterie analyze");
      }
      transitions.add(Transitions.of(experts, counts));
    }
    return transitions;
  }

  private static List<Row> counted(SparkSession spark, Selection data) {
    return spark
        .table(TransitionTable.TABLE.fullName())
        .where(data.condition())
        .groupBy("layer", "expert", "next_expert")
        .agg(sum("tokens").as("tokens"))
        .select(col("layer"), col("expert"), col("next_expert"), col("tokens"))
        .collectAsList();
  }
}
