package coterie.analytics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.kernel.TokenWindows;
import coterie.analytics.table.LoadWindowTable;
import coterie.ingest.table.ModelGeometry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Finds the leaves of some facts, and where their token windows begin, without their experts. */
final class LeafPlanner {

  private final Map<String, Map<String, ModelGeometry>> models;
  private final AnalyzeSettings settings;

  LeafPlanner(Map<String, Map<String, ModelGeometry>> models, AnalyzeSettings settings) {
    this.models = models;
    this.settings = settings;
  }

  /** The leaves of blocks. */
  Map<Leaf, LeafPlan> ofBlocks(Dataset<Row> blocks) {
    var leaves =
        blocks
            .groupBy(Facts.leaf())
            .agg(
                sum("tokens").as("tokens"),
                count(lit(1)).equalTo(count(col("request_id"))).as("named"))
            .collectAsList();
    boolean cut =
        leaves.stream().anyMatch(row -> row.<Long>getAs("tokens") > settings.windowTokens());
    var windows = cut ? windows(blocks) : Map.<Leaf, TokenWindows>of();
    var plans = new LinkedHashMap<Leaf, LeafPlan>();
    for (Row row : leaves) {
      var leaf = Leaf.of(row);
      long tokens = row.getAs("tokens");
      plans.put(
          leaf,
          new LeafPlan(
              model(leaf),
              tokens,
              Math.min(1, (double) settings.sampleTokens() / tokens),
              row.<Boolean>getAs("named"),
              windows.getOrDefault(leaf, TokenWindows.ONE)));
    }
    return plans;
  }

  /** The leaves of sources that only count. */
  Map<Leaf, LeafPlan> ofPasses(Dataset<Row> passes) {
    var plans = new LinkedHashMap<Leaf, LeafPlan>();
    for (Row row : passes.groupBy(Facts.leaf()).agg(sum("tokens").as("tokens")).collectAsList()) {
      var leaf = Leaf.of(row);
      plans.put(
          leaf, new LeafPlan(model(leaf), row.<Long>getAs("tokens"), 1, false, TokenWindows.ONE));
    }
    return plans;
  }

  private ModelGeometry model(Leaf leaf) {
    return models.get(leaf.model()).get(leaf.revision());
  }

  /** Where windows begin: at most a few hundred places a leaf come to the driver. */
  private Map<Leaf, TokenWindows> windows(Dataset<Row> blocks) {
    var leaf = Window.partitionBy(Facts.leaf());
    var before =
        leaf.orderBy("arrival", "step", "request_id", "rank", "source_id", "first_position")
            .rowsBetween(Window.unboundedPreceding(), -1);
    long wanted = settings.windowTokens();
    long most = wanted * LoadWindowTable.MAX_WINDOWS;
    var starts =
        blocks
            .withColumn("all", sum("tokens").over(leaf))
            .withColumn("start", coalesce(sum("tokens").over(before), lit(0L)))
            .withColumn(
                "size", expr("%dL * ((all + %dL) div %dL)".formatted(wanted, most - 1, most)))
            .withColumn("window", expr("CAST((start + size - 1) div size AS INT)"))
            .where("window > 0 AND window * size < start + tokens")
            .withColumn("offset", expr("CAST(window * size - start AS INT)"));
    var byLeaf = new HashMap<Leaf, List<TokenWindows.Start>>();
    for (Row row : starts.drop("experts", "weights").collectAsList()) {
      byLeaf
          .computeIfAbsent(Leaf.of(row), key -> new ArrayList<>())
          .add(TokenWindows.Start.of(row));
    }
    var windows = new HashMap<Leaf, TokenWindows>();
    byLeaf.forEach((key, list) -> windows.put(key, new TokenWindows(list)));
    return windows;
  }
}
