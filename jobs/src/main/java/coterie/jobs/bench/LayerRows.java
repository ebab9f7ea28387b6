package coterie.jobs.bench;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Blocks as rows of a token and layer, as ways that know no blocks need them. */
final class LayerRows implements FlatMapFunction<Row, Row> {

  private static final long serialVersionUID = 1;

  private static final StructType SCHEMA =
      new StructType()
          .add("layer", DataTypes.IntegerType, false)
          .add("experts", DataTypes.createArrayType(DataTypes.IntegerType, false), false);

  private final ModelGeometry model;

  LayerRows(ModelGeometry model) {
    this.model = model;
  }

  Dataset<Row> of(Dataset<Row> blocks) {
    return blocks
        .select("experts", "tokens")
        .flatMap(
            (org.apache.spark.api.java.function.FlatMapFunction<Row, Row>) this,
            Encoders.row(SCHEMA));
  }

  @Override
  public Iterator<Row> call(Row row) {
    int tokens = row.getInt(1);
    int layers = model.moeLayers().size();
    var block = new PackedExperts(row.getAs(0), layers, tokens, model.topK());
    return IntStream.range(0, layers * tokens)
        .mapToObj(
            i ->
                RowFactory.create(
                    model.moeLayers().get(i / tokens),
                    IntStream.range(0, model.topK())
                        .mapToObj(k -> block.id(i / tokens, i % tokens, k))
                        .toArray(Integer[]::new)))
        .iterator();
  }
}
