package coterie.ingest.table;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/** {@code issue}: what was rejected and why, a row per source and reason with a bounded sample. */
public final class IssueTable {

  /** Examples kept of each reason in each source. */
  public static final int SAMPLES = 10;

  /** Most characters of an example's detail. */
  public static final int DETAIL_CHARACTERS = 300;

  private static final StructType SAMPLE =
      new StructType()
          .add("record", LongType, false, "line or request in the file, from 1")
          .add("position", IntegerType, true, "token position in the request")
          .add("layer", IntegerType, true, "hidden-layer id")
          .add("detail", StringType, false);

  public static final LakeTable TABLE =
      new LakeTable(
          "issue",
          1,
          new StructType()
              .add("source_id", LongType, false)
              .add("reason", StringType, false)
              .add("unit", StringType, false, "record or token: what rejected counts")
              .add("rejected", LongType, false)
              .add("samples", createArrayType(SAMPLE, false), false),
          List.of());

  private IssueTable() {}
}
