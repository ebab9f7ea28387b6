package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** What the declarations of all statistics share. */
final class Keys {

  /** Of all statistics: raised whenever the columns of one change their meaning. */
  private static final int VERSION = 3;

  private static final List<String> BY_DAY = List.of("model", "dataset", "day");
  private static final List<String> BY_MODEL = List.of("model");

  static final StructType LEAF =
      new StructType()
          .add("model", StringType, false)
          .add("revision", StringType, false)
          .add("dataset", StringType, false)
          .add("workload", StringType, true, "null if the traces have none")
          .add("day", DateType, true, "null if the traces name none")
          .add("phase", StringType, false);

  private Keys() {}

  /** The key of every statistic of a leaf. */
  static StructType leafAndLayer() {
    return LEAF.add("layer", IntegerType, false, "hidden-layer id")
        .add("layer_tokens", LongType, false, "tokens of the leaf");
  }

  static LakeTable byDay(String name, StructType schema) {
    return new LakeTable(name, VERSION, schema, BY_DAY);
  }

  static LakeTable byModel(String name, StructType schema) {
    return new LakeTable(name, VERSION, schema, BY_MODEL);
  }
}
