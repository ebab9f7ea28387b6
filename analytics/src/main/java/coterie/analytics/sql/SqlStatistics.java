package coterie.analytics.sql;

import coterie.analytics.table.LoadWindowTable;
import coterie.analytics.table.RequestSignatureTable;
import coterie.analytics.table.StatisticsTables;
import coterie.analytics.table.TransitionTable;
import coterie.analytics.table.UnionSizeTable;
import coterie.ingest.table.ActivationTable;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.PassLoadTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The statistics of some facts as queries.
 *
 * <p>While this is open, the session's views {@code activation} and {@code pass_load} hide the
 * tables of these names, so that the queries read as anyone would write them. {@code union_size}
 * reads {@code expert_load} and {@code expert_set}: write these before it is asked for.
 */
public final class SqlStatistics implements AutoCloseable {

  /** Those that are a query each, in the order in which they can be written. */
  public static final List<LakeTable> QUERIES =
      List.of(
          StatisticsTables.EXPERT_LOAD,
          StatisticsTables.COACTIVATION,
          TransitionTable.TABLE,
          LoadWindowTable.TABLE,
          StatisticsTables.EXPERT_SET,
          RequestSignatureTable.TABLE,
          UnionSizeTable.TABLE);

  /** Steps that several of them share: few rows, counted once. */
  private static final List<String> SHARED = List.of("leaf", "token_window");

  /** Steps on the way to one of them. */
  private static final List<String> PARTS = List.of("token_union", "request_union");

  private final SparkSession spark;
  private final Map<String, Object> parameters;
  private final double minSupport;
  private final StepTables steps;

  /**
   * Queries over some facts.
   *
   * @param activation rows of {@code activation}
   * @param passLoad rows of {@code pass_load}
   */
  public SqlStatistics(
      SparkSession spark,
      Dataset<Row> activation,
      Dataset<Row> passLoad,
      SqlParameters parameters) {
    this.spark = spark;
    this.parameters = parameters.named();
    this.minSupport = parameters.minSupport();
    activation.createOrReplaceTempView(ActivationTable.TABLE.name());
    passLoad.createOrReplaceTempView(PassLoadTable.TABLE.name());
    steps = new StepTables(spark);
    SHARED.forEach(step -> steps.store(step, query(step)));
    PARTS.forEach(step -> query(step).createOrReplaceTempView(step));
  }

  /** The rows of one of {@link #QUERIES}. */
  public Dataset<Row> of(LakeTable table) {
    return query(table.name());
  }

  /** The leaves in scope, with their tokens. */
  public Dataset<Row> leaves() {
    return spark.table("leaf");
  }

  /** The rows of {@code expert_subset}, by either engine; to be read before this is closed. */
  public Dataset<Row> subsets(SubsetEngine engine) {
    return switch (engine) {
      case LEVELS -> new FrequentSubsets(spark, steps, minSupport).find();
      case MLLIB -> new FrequentPatterns(spark, minSupport).find();
    };
  }

  /** The queries whose rows others read, as far as they were run, by name. */
  public Map<String, Dataset<Row>> steps() {
    return Map.copyOf(steps.queries());
  }

  private Dataset<Row> query(String name) {
    return spark.sql(SqlText.of(name), parameters);
  }

  @Override
  public void close() {
    steps.close();
    Stream.concat(
            PARTS.stream(), Stream.of(ActivationTable.TABLE.name(), PassLoadTable.TABLE.name()))
        .forEach(view -> spark.catalog().dropTempView(view));
  }
}
