package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import coterie.ingest.table.LakeTable;
import org.apache.spark.sql.types.StructType;

/**
 * {@code counted}: what the statistics of each day of a data set were counted of, and how. A day
 * whose facts and settings are still these is not counted again; the row is taken out before its
 * statistics are replaced and written after, so that a killed run leaves none.
 */
public final class CountedTable {

  public static final LakeTable TABLE =
      Keys.byDay(
          "counted",
          new StructType()
              .add("model", StringType, false)
              .add("dataset", StringType, false)
              .add("day", DateType, true, "null if the traces name none")
              .add("blocks", LongType, false, "rows of routing and pass_load")
              .add("tokens", LongType, false)
              .add("fingerprint", LongType, false, "of these rows, but for their experts")
              .add("settings", StringType, false, "of the analysis, as text"));

  private CountedTable() {}
}
