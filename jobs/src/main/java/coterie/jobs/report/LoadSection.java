package coterie.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.analytics.table.StatisticsTables;
import coterie.analytics.table.StatisticsViews;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.lake.Selection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How often each expert of each layer is called, in each data set: its tokens over what every
 * expert of the layer would have if all were called alike.
 */
final class LoadSection {

  /** Of the unit in which loads are written. */
  static final int PER_UNIT = 1_000;

  private static final int LARGEST = 0xFFFF;

  private final SparkSession spark;
  private final ModelGeometry model;

  LoadSection(SparkSession spark, ModelGeometry model) {
    this.spark = spark;
    this.model = model;
  }

  /** An object for each data set that has tokens of the phase, in the order given. */
  ArrayNode of(List<String> datasets, String phase) {
    var rows = rows(datasets, phase);
    var list = Figures.array();
    for (String dataset : datasets) {
      var own = rows.stream().filter(row -> row.getString(0).equals(dataset)).toList();
      var ofTokens = own.stream().filter(LoadSection::isOfTokens).toList();
      if (!own.isEmpty()) {
        list.add(of(dataset, phase, ofTokens.isEmpty() ? own : ofTokens));
      }
    }
    return list;
  }

  private List<Row> rows(List<String> datasets, String phase) {
    return spark
        .table(StatisticsViews.LOAD_TOTAL.fullName())
        .where(new Selection(model, datasets, phase).condition())
        .select("dataset", "layer", "layer_tokens", "expert", "tokens", "basis")
        .collectAsList();
  }

  private static boolean isOfTokens(Row row) {
    return StatisticsTables.TOKENS.equals(row.getString(5));
  }

  private ObjectNode of(String dataset, String phase, List<Row> rows) {
    int layers = model.moeLayers().size();
    var tokens = new long[layers][model.experts()];
    long layerTokens = 0;
    for (Row row : rows) {
      int layer = model.moeLayers().indexOf(row.getInt(1));
      tokens[layer][row.getInt(3)] = row.getLong(4);
      layerTokens = Math.max(layerTokens, row.getLong(2));
    }
    var json = Figures.object();
    json.put("dataset", dataset)
        .put("phase", phase)
        .put("basis", rows.get(0).getString(5))
        .put("tokens", layerTokens)
        .put("relative", Base64.getEncoder().encodeToString(relative(tokens)));
    return json;
  }

  /** {@code [layer][expert]} load over the layer's mean, in thousandths, u16 little endian. */
  private static byte[] relative(long[][] tokens) {
    var bytes =
        ByteBuffer.allocate(Short.BYTES * tokens.length * tokens[0].length)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long[] layer : tokens) {
      long sum = 0;
      for (long count : layer) {
        sum += count;
      }
      double mean = Math.max(1, sum) / (double) layer.length;
      for (long count : layer) {
        bytes.putShort((short) Math.min(LARGEST, Math.round(PER_UNIT * count / mean)));
      }
    }
    return bytes.array();
  }
}
