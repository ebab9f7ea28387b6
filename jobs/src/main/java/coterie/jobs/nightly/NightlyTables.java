package coterie.jobs.nightly;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** {@code run} and {@code published}. */
public final class NightlyTables {

  /** What happened, a row per stage that ended; written at once, also in nights that fail. */
  public static final LakeTable RUN =
      new LakeTable(
          "run",
          1,
          new StructType()
              .add("run", StringType, false, "one call of nightly")
              .add("name", StringType, false, "of the deployment")
              .add("night", DateType, false, "the day of the traces")
              .add("stage", StringType, false)
              .add("status", StringType, false, "done, kept from before, or failed")
              .add("started_at", TimestampType, false)
              .add("ended_at", TimestampType, false)
              .add("rows", LongType, false, "tokens, rows, layers or files, by the stage")
              .add("decision", StringType, false, "what came out, or what went wrong")
              .add("inputs", StringType, true, "fingerprint of what a plan depends on"),
          List.of());

  /**
   * Which plan is in use: of a deployment the row of the latest night. A night that publishes no
   * plan has no row.
   */
  public static final LakeTable PUBLISHED =
      new LakeTable(
          "published",
          1,
          new StructType()
              .add("name", StringType, false, "of the deployment")
              .add("night", DateType, false, "the day whose requests it was judged on")
              .add("plan", StringType, false)
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("replaces", StringType, true, "the plan in use before")
              .add("gain", DoubleType, true, "share of that plan's cost that is saved")
              .add("gain_low", DoubleType, true, "lower end of its 95 % interval")
              .add("slots_moved", LongType, true)
              .add("published_at", TimestampType, false),
          List.of());

  public static final List<LakeTable> ALL = List.of(RUN, PUBLISHED);

  private NightlyTables() {}
}
