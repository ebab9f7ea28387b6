package coterie.ingest.table;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * {@code source}: every file ever ingested. A file is known by its checksum within a model and
 * dataset; its row is written after its blocks, so a file without a row has not been ingested.
 */
public final class SourceTable {

  public static final LakeTable TABLE =
      new LakeTable(
          "source",
          2,
          new StructType()
              .add("source_id", LongType, false)
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("dataset", StringType, false)
              .add("path", StringType, false)
              .add("format", StringType, false)
              .add("bytes", LongType, false)
              .add("sha256", StringType, false)
              .add("records_read", LongType, false, "read = kept + rejected + forgotten")
              .add("records_kept", LongType, false)
              .add("records_rejected", LongType, false)
              .add("records_forgotten", LongType, false, "kept once, forgotten since")
              .add("tokens_read", LongType, false, "of readable records; read as above")
              .add("tokens_kept", LongType, false)
              .add("tokens_rejected", LongType, false)
              .add("tokens_forgotten", LongType, false)
              .add("ingested_at", TimestampType, false),
          List.of());

  private SourceTable() {}
}
