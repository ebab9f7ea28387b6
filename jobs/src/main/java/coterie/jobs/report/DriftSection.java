package coterie.jobs.report;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.analytics.table.DriftTable;
import coterie.ingest.table.ModelGeometry;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/**
 * How far the loads of days, data sets and workloads are apart: the mean over the layers of the
 * distance that {@code drift} has, and of the ends of its intervals; the farthest pairs of each
 * kind.
 */
final class DriftSection {

  private static final int MAX_PAIRS = 30;
  private static final String[] SIDES = {
    "left_dataset", "left_workload", "left_day", "right_dataset", "right_workload", "right_day"
  };

  private DriftSection() {}

  static ArrayNode of(SparkSession spark, ModelGeometry model, String phase) {
    var farthestFirst =
        Window.partitionBy("kind")
            .orderBy(col("distance").desc(), col("left_dataset"), col("right_dataset"));
    var rows =
        spark
            .table(DriftTable.TABLE.fullName())
            .where(col("model").equalTo(model.name()))
            .where(col("revision").equalTo(model.revision()))
            .where(col("phase").equalTo(phase))
            .where(col("kind").notEqual(DriftTable.WINDOW))
            .groupBy("kind", SIDES)
            .agg(
                avg("distance").as("distance"),
                avg("distance_low").as("low"),
                avg("distance_high").as("high"),
                avg("overlap").as("overlap"),
                max("top_n").as("top"))
            .withColumn("place", row_number().over(farthestFirst))
            .where(col("place").leq(MAX_PAIRS))
            .orderBy("kind", "place")
            .collectAsList();
    var list = Figures.array();
    rows.forEach(row -> list.add(of(row)));
    return list;
  }

  private static ObjectNode of(Row row) {
    var json = Figures.object();
    json.put("kind", row.getString(0)).put("left", side(row, 1)).put("right", side(row, 4));
    for (String figure : new String[] {"distance", "low", "high", "overlap"}) {
      Double value = row.getAs(figure);
      json.set(figure, Figures.of(value == null ? Double.NaN : value));
    }
    return json.put("top", row.<Integer>getAs("top"));
  }

  private static String side(Row row, int first) {
    return Stream.of(row.get(first), row.get(first + 1), row.get(first + 2))
        .filter(Objects::nonNull)
        .map(Object::toString)
        .collect(Collectors.joining(" · "));
  }
}
