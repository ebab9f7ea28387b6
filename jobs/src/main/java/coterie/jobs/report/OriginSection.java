package coterie.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.node.ArrayNode;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.SourceTable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The files that everything on the page came from. */
final class OriginSection {

  private OriginSection() {}

  /** An object for each data set and format. */
  static ArrayNode sources(SparkSession spark, ModelGeometry model) {
    var rows =
        spark
            .table(SourceTable.TABLE.fullName())
            .where(col("model").equalTo(model.name()))
            .where(col("revision").equalTo(model.revision()))
            .groupBy("dataset", "format")
            .agg(
                count(lit(1)).as("files"),
                sum("bytes").as("bytes"),
                sum("records_kept").as("kept"),
                sum("records_rejected").as("rejected"),
                sum("tokens_kept").as("tokens"),
                max("ingested_at").as("last"))
            .orderBy("dataset", "format")
            .collectAsList();
    var list = Figures.array();
    for (Row row : rows) {
      list.addObject()
          .put("dataset", row.getString(0))
          .put("format", row.getString(1))
          .put("files", row.getLong(2))
          .put("bytes", row.getLong(3))
          .put("kept", row.getLong(4))
          .put("rejected", row.getLong(5))
          .put("tokens", row.getLong(6))
          .put("last", row.get(7).toString());
    }
    return list;
  }
}
