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

  /** Steps that several of them share. */
  private static final List<String> STEPS =
      List.of("leaf", "token_window", "token_union", "request_union");

  private final SparkSession spark;
  private final Map<String, Object> parameters;
  private final double minSupport;
  private FrequentSubsets levels;

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
    STEPS.forEach(step -> query(step).createOrReplaceTempView(step));
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
      case LEVELS -> levels().find();
      case MLLIB -> new FrequentPatterns(spark, minSupport).find();
    };
  }

  /** The query of each level of the subsets that were found last, by name. */
  public Map<String, Dataset<Row>> subsetLevels() {
    return levels == null ? Map.of() : levels.levels();
  }

  private FrequentSubsets levels() {
    closeLevels();
    levels = new FrequentSubsets(spark, minSupport);
    return levels;
  }

  private void closeLevels() {
    if (levels != null) {
      levels.close();
    }
  }

  private Dataset<Row> query(String name) {
    return spark.sql(SqlText.of(name), parameters);
  }

  @Override
  public void close() {
    closeLevels();
    Stream.concat(
            STEPS.stream(), Stream.of(ActivationTable.TABLE.name(), PassLoadTable.TABLE.name()))
        .forEach(view -> spark.catalog().dropTempView(view));
  }
}
