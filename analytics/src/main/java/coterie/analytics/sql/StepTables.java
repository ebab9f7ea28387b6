package coterie.analytics.sql;

import coterie.ingest.table.LakeTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Steps that later queries read more than once, each counted once and kept in a table until this is
 * closed.
 *
 * <p>Tables and not Spark's cache or a checkpoint: those read as rows that no GPU takes, and Spark
 * does not know beforehand how few rows they have, so that it would sort all facts to join them. A
 * run that is killed leaves its tables to the next, which replaces them.
 */
final class StepTables implements AutoCloseable {

  /** Beside the lake's own tables, where nobody looks for them. */
  private static final String NAMESPACE = LakeTable.CATALOG + ".sql_steps";

  private final SparkSession spark;
  private final Map<String, Dataset<Row>> queries = new LinkedHashMap<>();

  StepTables(SparkSession spark) {
    this.spark = spark;
    spark.sql("CREATE NAMESPACE IF NOT EXISTS " + NAMESPACE);
  }

  /** Runs a query, and keeps its rows under a name that then is a view of the session. */
  void store(String name, Dataset<Row> query) {
    query.writeTo(table(name)).using("iceberg").createOrReplace();
    queries.put(name, query);
    spark.table(table(name)).createOrReplaceTempView(name);
  }

  /** The queries that were run, by name, in their order. */
  Map<String, Dataset<Row>> queries() {
    return queries;
  }

  private static String table(String name) {
    return NAMESPACE + "." + name;
  }

  @Override
  public void close() {
    for (String name : queries.keySet()) {
      spark.catalog().dropTempView(name);
      spark.sql("DROP TABLE IF EXISTS %s PURGE".formatted(table(name)));
    }
    queries.clear();
  }
}
