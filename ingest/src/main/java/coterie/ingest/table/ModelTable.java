package coterie.ingest.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** {@code model}: the shape of every model that has traces in the lake. */
public final class ModelTable {

  public static final LakeTable TABLE =
      new LakeTable(
          "model",
          1,
          new StructType()
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("hidden_layers", IntegerType, false)
              .add("moe_layers", createArrayType(IntegerType, false), false, "ids, ascending")
              .add("experts", IntegerType, false, "routed experts a layer")
              .add("top_k", IntegerType, false, "experts a token activates")
              .add("shared_experts", IntegerType, false)
              .add("hidden_size", IntegerType, true)
              .add("expert_intermediate_size", IntegerType, true)
              .add("bytes_per_weight", DoubleType, true, "of routed experts, scales included")
              .add("expert_groups", IntegerType, false, "1 if the router has none"),
          List.of());

  private ModelTable() {}

  /** The row of a model. */
  public static Row toRow(ModelGeometry model) {
    var size = model.size();
    return RowFactory.create(
        model.name(),
        model.revision(),
        model.hiddenLayers(),
        model.moeLayers().toArray(),
        model.experts(),
        model.topK(),
        model.sharedExperts(),
        size.map(ModelGeometry.ExpertSize::hidden).orElse(null),
        size.map(ModelGeometry.ExpertSize::intermediate).orElse(null),
        size.map(ModelGeometry.ExpertSize::bytesPerWeight).orElse(null),
        model.expertGroups());
  }

  /** The model of a row. */
  public static ModelGeometry fromRow(Row row) {
    List<Integer> layers = row.getList(row.fieldIndex("moe_layers"));
    ModelGeometry.ExpertSize size =
        row.isNullAt(row.fieldIndex("hidden_size"))
            ? null
            : new ModelGeometry.ExpertSize(
                row.getInt(row.fieldIndex("hidden_size")),
                row.getInt(row.fieldIndex("expert_intermediate_size")),
                row.getDouble(row.fieldIndex("bytes_per_weight")));
    return new ModelGeometry(
        row.getString(row.fieldIndex("model")),
        row.getString(row.fieldIndex("revision")),
        row.getInt(row.fieldIndex("hidden_layers")),
        layers,
        row.getInt(row.fieldIndex("experts")),
        row.getInt(row.fieldIndex("top_k")),
        row.getInt(row.fieldIndex("shared_experts")),
        size,
        row.getInt(row.fieldIndex("expert_groups")));
  }
}
