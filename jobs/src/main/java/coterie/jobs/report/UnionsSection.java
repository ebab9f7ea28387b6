package coterie.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.node.ArrayNode;
import coterie.analytics.table.UnionSizeTable;
import coterie.jobs.lake.Selection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Distinct experts of a step by batch size, and what chance would give: means over the layers and
 * leaves of each data set, weighted by tokens. A batch size counts as available if that many
 * requests were there for nine tenths of the tokens.
 */
final class UnionsSection {

  private static final double ENOUGH = 0.9;
  private static final List<String> MEANS =
      List.of("mean", "p50", "p95", "uniform_null", "independence_null");

  private UnionsSection() {}

  /** An object for each data set, sampler and batch size. */
  static ArrayNode of(SparkSession spark, Selection data) {
    var weight = when(col("available"), col("layer_tokens")).otherwise(0);
    var means = MEANS.stream().map(name -> weighted(name, weight)).toArray(Column[]::new);
    var rows =
        spark
            .table(UnionSizeTable.TABLE.fullName())
            .where(data.condition())
            .groupBy("dataset", "sampler", "batch")
            .agg(expr("sum(if(available, layer_tokens, 0)) / sum(layer_tokens) AS there"), means)
            .where(col("there").geq(ENOUGH))
            .orderBy("dataset", "sampler", "batch")
            .collectAsList();
    var list = Figures.array();
    for (Row row : rows) {
      var json = list.addObject();
      json.put("dataset", row.<String>getAs("dataset"))
          .put("sampler", row.<String>getAs("sampler"))
          .put("batch", row.<Integer>getAs("batch"));
      MEANS.forEach(name -> json.set(name, Figures.of(row.<Double>getAs(name))));
    }
    return list;
  }

  private static Column weighted(String name, Column weight) {
    return sum(col(name).multiply(weight)).divide(sum(weight)).as(name);
  }
}
