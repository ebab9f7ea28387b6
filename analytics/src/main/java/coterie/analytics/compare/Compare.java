package coterie.analytics.compare;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import coterie.analytics.compare.ComparisonPlanner.Extent;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.table.DriftTable;
import coterie.analytics.table.LoadWindowTable;
import coterie.analytics.table.RequestSignatureTable;
import coterie.analytics.table.SimilarityTable;
import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.ModelTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * {@code drift} and {@code similarity} of some models, from their other statistics: no block is
 * read again, and requests stream past as their signatures.
 */
public final class Compare {

  private static final Column[] LEAF =
      Arrays.stream(StatisticsTables.LEAF.fieldNames())
          .map(name -> col(name))
          .toArray(Column[]::new);

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Column scope;
  private final int topExperts;

  /**
   * Comparisons of some models.
   *
   * @param scope of the statistics, by model
   * @param topExperts whose overlap is measured
   */
  public Compare(SparkSession spark, Column scope, int topExperts) {
    this.spark = spark;
    this.context = new JavaSparkContext(spark.sparkContext());
    this.scope = scope;
    this.topExperts = topExperts;
  }

  /** Rows of {@link DriftTable}; empty where there is nothing to compare. */
  public Optional<Dataset<Row>> drift(Bootstrap bootstrap) {
    var leaves = leaves();
    var windows = windows(leaves);
    var rows = loads();
    if (!windows.isEmpty()) {
      rows = rows.unionByName(windowLoads());
    }
    var comparisons = ComparisonPlanner.drift(leaves, windows);
    return compare(
        rows.unionByName(requests()),
        comparisons,
        new DriftRow(topExperts, bootstrap.replicates()),
        bootstrap,
        DriftTable.TABLE.schema());
  }

  /** Rows of {@link SimilarityTable}; empty where there is nothing to compare. */
  public Optional<Dataset<Row>> similarity() {
    return compare(
        loads(),
        ComparisonPlanner.similarity(leaves()),
        new SimilarityRow(topExperts),
        new Bootstrap(0, 0),
        SimilarityTable.TABLE.schema());
  }

  private Optional<Dataset<Row>> compare(
      Dataset<Row> rows,
      Map<Group, Comparisons> comparisons,
      PairRow pairRow,
      Bootstrap bootstrap,
      StructType schema) {
    if (comparisons.values().stream().allMatch(group -> group.pairs().isEmpty())) {
      return Optional.empty();
    }
    var models =
        spark.table(ModelTable.TABLE.fullName()).select("model", "revision", "experts").distinct();
    var layer = new Column[] {col("model"), col("revision"), col("phase"), col("layer")};
    return Optional.of(
        rows.join(broadcast(models), columns("model", "revision"))
            .repartition(layer)
            .sortWithinPartitions(layer)
            .mapPartitions(
                new LayerComparison(context.broadcast(comparisons), pairRow, bootstrap),
                Encoders.row(schema)));
  }

  private Dataset<Row> table(String name) {
    return spark.table(name).where(scope);
  }

  private Dataset<Row> tokenLoads() {
    return table(StatisticsTables.EXPERT_LOAD.fullName())
        .where(col("basis").equalTo(StatisticsTables.TOKENS));
  }

  private Dataset<Row> loads() {
    return rows(
        tokenLoads(),
        LayerComparison.LOAD,
        lit(null).cast("int"),
        lit(null).cast("string"),
        col("expert"),
        lit(null).cast("array<int>"));
  }

  private Dataset<Row> windowLoads() {
    return rows(
        table(LoadWindowTable.TABLE.fullName()).where(col("kind").equalTo(LoadWindowTable.TOKENS)),
        LayerComparison.WINDOW,
        col("window"),
        lit(null).cast("string"),
        col("expert"),
        lit(null).cast("array<int>"));
  }

  private Dataset<Row> requests() {
    return rows(
        table(RequestSignatureTable.TABLE.fullName()),
        LayerComparison.REQUEST,
        col("window"),
        col("request_id"),
        lit(null).cast("int"),
        col("counts"));
  }

  private static Dataset<Row> rows(
      Dataset<Row> table,
      String source,
      Column window,
      Column request,
      Column expert,
      Column counts) {
    var columns =
        Stream.concat(
            Arrays.stream(LEAF),
            Stream.of(
                col("layer"),
                lit(source).as("source"),
                window.as("window"),
                request.as("request_id"),
                expert.as("expert"),
                col("tokens"),
                counts.as("counts")));
    return table.select(columns.toArray(Column[]::new));
  }

  private List<Extent> leaves() {
    var requests = new HashMap<Leaf, Long>();
    firstLayer(table(RequestSignatureTable.TABLE.fullName()))
        .groupBy(LEAF)
        .agg(countDistinct("request_id").as("requests"))
        .collectAsList()
        .forEach(row -> requests.put(Leaf.of(row), row.<Long>getAs("requests")));
    var leaves = new ArrayList<Extent>();
    for (Row row :
        tokenLoads()
            .groupBy(LEAF)
            .agg(
                max("layer_tokens").as("tokens"),
                count(lit(1)).equalTo(count(col("requests"))).as("named"))
            .collectAsList()) {
      var leaf = Leaf.of(row);
      Long named = row.<Boolean>getAs("named") ? requests.getOrDefault(leaf, 0L) : null;
      leaves.add(new Extent(leaf, null, row.<Long>getAs("tokens"), named));
    }
    return leaves;
  }

  /** Of leaves that have more than one. */
  private List<Extent> windows(List<Extent> leaves) {
    var named = new HashMap<Leaf, Boolean>();
    leaves.forEach(leaf -> named.put(leaf.leaf(), leaf.requests() != null));
    var requests = new HashMap<List<Object>, Long>();
    var withWindow = Stream.concat(Arrays.stream(LEAF), Stream.of(col("window")));
    var byWindow = withWindow.toArray(Column[]::new);
    firstLayer(table(RequestSignatureTable.TABLE.fullName()))
        .groupBy(byWindow)
        .agg(count(lit(1)).as("requests"))
        .collectAsList()
        .forEach(
            row ->
                requests.put(
                    List.of(Leaf.of(row), row.<Integer>getAs("window")),
                    row.<Long>getAs("requests")));
    var windows = new ArrayList<Extent>();
    for (Row row :
        table(LoadWindowTable.TABLE.fullName())
            .where(col("kind").equalTo(LoadWindowTable.TOKENS))
            .groupBy(byWindow)
            .agg(max("window_tokens").as("tokens"), max("layer_tokens").as("all"))
            .where("tokens < all")
            .collectAsList()) {
      var leaf = Leaf.of(row);
      Integer window = row.getAs("window");
      Long own = named.get(leaf) ? requests.getOrDefault(List.of(leaf, window), 0L) : null;
      windows.add(new Extent(leaf, window, row.<Long>getAs("tokens"), own));
    }
    return windows;
  }

  /** Requests have the same rows in every layer: those of one are enough to count them. */
  private Dataset<Row> firstLayer(Dataset<Row> signatures) {
    var first = signatures.groupBy("model", "revision").agg(min("layer").as("layer"));
    return signatures.join(broadcast(first), columns("model", "revision", "layer"));
  }

  private static scala.collection.immutable.Seq<String> columns(String... names) {
    return CollectionConverters.asScala(List.of(names)).toSeq();
  }
}
