package coterie.ingest.table;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The declaration of one table of the lake.
 *
 * @param name within the namespace {@link #NAMESPACE}
 * @param schemaVersion raised whenever the columns change their meaning
 * @param schema columns, with their meaning as comments
 * @param partitions identity partition columns
 */
public record LakeTable(
    String name, int schemaVersion, StructType schema, List<String> partitions) {

  /** Catalog of the lake in every session. */
  public static final String CATALOG = "lake";

  /** Catalog and namespace of all tables. */
  public static final String NAMESPACE = CATALOG + ".moe";

  /** The table property that holds {@link #schemaVersion}. */
  public static final String VERSION_PROPERTY = "coterie.schema-version";

  public LakeTable {
    partitions = List.copyOf(partitions);
  }

  /** The name that SQL knows it by. */
  public String fullName() {
    return NAMESPACE + "." + name;
  }

  /** The statement that creates the table where there is none. */
  public String createStatement() {
    String partitioning =
        partitions.isEmpty() ? "" : "PARTITIONED BY (" + String.join(", ", partitions) + ") ";
    // Fan-out writers with no shuffle in front: blocks arrive in file order, and a sort would move
    // every byte of the corpus to save a handful of open files. Expert ids are near to noise:
    // Zstandard's default level makes files 6 % smaller than its first, and ingest far slower.
    return "CREATE TABLE IF NOT EXISTS %s (%s) USING iceberg %sTBLPROPERTIES ("
            .formatted(fullName(), schema.toDDL(), partitioning)
        + "'format-version'='2', 'write.distribution-mode'='none', "
        + "'commit.retry.num-retries'='20', 'write.parquet.compression-level'='1', "
        + "'write.spark.fanout.enabled'='true', %s'%s'='%d')"
            .formatted(batches(), VERSION_PROPERTY, schemaVersion);
  }

  /**
   * Packed blocks weigh up to a megabyte a row. Iceberg gathers 5,000 rows in a batch, in memory
   * that no heap's limit holds back, and doubles it by copying.
   */
  private String batches() {
    boolean packed =
        Arrays.stream(schema.fields())
            .anyMatch(field -> field.dataType().equals(DataTypes.BinaryType));
    return packed ? "'read.parquet.vectorization.batch-size'='64', " : "";
  }
}
