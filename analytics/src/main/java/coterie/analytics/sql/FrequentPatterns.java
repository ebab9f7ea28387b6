package coterie.analytics.sql;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.util.Arrays;
import org.apache.spark.ml.fpm.FPGrowth;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code expert_subset} by FP-growth of Spark MLlib (Han, Pei, Yin, SIGMOD 2000; in parallel: Li et
 * al., RecSys 2008), a leaf and layer at a time.
 *
 * <p>What it is for is comparison: it finds the same subsets, far more slowly, because MLlib's
 * trees hold every item as an object.
 *
 * <p>Reads the views {@code activation} and {@code leaf}.
 */
final class FrequentPatterns {

  private static final String[] LEAF = {
    "model", "revision", "dataset", "workload", "day", "phase", "layer"
  };

  private final SparkSession spark;
  private final double minSupport;

  FrequentPatterns(SparkSession spark, double minSupport) {
    this.spark = spark;
    this.minSupport = minSupport;
  }

  Dataset<Row> find() {
    var activation = spark.table("activation");
    var layers =
        activation
            .select(Arrays.stream(LEAF).map(name -> col(name)).toArray(Column[]::new))
            .distinct()
            .join(
                spark.table("leaf").as("l"),
                expr(
                    "activation.model = l.model AND activation.revision = l.revision AND"
                        + " activation.dataset = l.dataset AND activation.workload <=> l.workload"
                        + " AND activation.day <=> l.day AND activation.phase = l.phase"))
            .selectExpr("activation.*", "l.layer_tokens")
            .collectAsList();
    Dataset<Row> all = null;
    for (Row layer : layers) {
      var found = ofLayer(activation, layer);
      all = all == null ? found : all.union(found);
    }
    return all == null ? spark.table("lake.moe.expert_subset").where("false") : all;
  }

  private Dataset<Row> ofLayer(Dataset<Row> activation, Row layer) {
    long layerTokens = layer.getAs("layer_tokens");
    long minTokens = Math.max(1, (long) Math.ceil(minSupport * layerTokens));
    var own =
        Arrays.stream(LEAF)
            .map(name -> col(name).eqNullSafe(lit(layer.getAs(name))))
            .reduce(Column::and)
            .get();
    var transactions = activation.where(own).selectExpr("CAST(experts AS ARRAY<INT>) AS items");
    // MLlib takes a share of the transactions, and rounds what it makes of it up.
    var sets =
        new FPGrowth()
            .setItemsCol("items")
            .setMinSupport((minTokens - 0.5) / layerTokens)
            .fit(transactions)
            .freqItemsets()
            .localCheckpoint();
    var shares =
        sets.where("size(items) = 1")
            .selectExpr("map_from_entries(collect_list(struct(items[0] AS e, freq AS n))) AS load");
    var columns =
        Arrays.stream(LEAF)
            .map(
                name ->
                    lit(layer.getAs(name))
                        .cast(activation.schema().apply(name).dataType())
                        .as(name))
            .toArray(Column[]::new);
    return sets.where("size(items) > 1")
        .crossJoin(shares)
        .select(columns(columns, layerTokens, minTokens));
  }

  private static Column[] columns(Column[] leaf, long layerTokens, long minTokens) {
    var all = Arrays.copyOf(leaf, leaf.length + 7);
    int at = leaf.length;
    all[at++] = lit(layerTokens).as("layer_tokens");
    all[at++] = expr("size(items)").as("size");
    all[at++] = expr("sort_array(items)").as("experts");
    all[at++] = col("freq").as("tokens");
    all[at++] = lit(minTokens).as("min_tokens");
    all[at++] = expr("freq / double(%d)".formatted(layerTokens)).as("support");
    all[at] =
        expr(("(freq / double(%1$d)) / aggregate(sort_array(items), 1D,"
                    + " (product, e) -> product * (load[e] / double(%1$d)))")
                .formatted(layerTokens))
            .as("lift");
    return all;
  }
}
