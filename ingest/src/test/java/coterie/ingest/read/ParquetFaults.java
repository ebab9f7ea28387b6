package coterie.ingest.read;

import static coterie.ingest.read.ParquetLayers.ids;

import coterie.ingest.table.RoutingTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Broken folders of Parquet files, of which that of layer 0 is sound. */
final class ParquetFaults {

  private static final ReadContext DECODE = new ReadContext(Models.TINY, RoutingTable.DECODE);
  private static final byte[] SOUND = layer(3, (row, i) -> ids(row, 3, 2));

  private static final MessageType FLOATS =
      MessageTypeParser.parseMessageType(
          "message schema { required group indices (LIST) { repeated double array; } }");

  private ParquetFaults() {}

  static List<Fault> all() {
    return List.of(
        files("a layer missing", List.of("layer_0.parquet"), List.of(SOUND), misfit("[0]")),
        files(
            "a layer twice",
            List.of("layer_0.parquet", "layer_00.parquet"),
            List.of(SOUND, SOUND),
            misfit("[0, 0]")),
        second(
            "empty",
            new byte[0],
            "1: unreadable: layer_1.parquet: 8 bytes at -8, but the file has 0"),
        second(
            "its footer said to be huge",
            withFooterLength(Integer.MAX_VALUE),
            "1: unreadable: layer_1.parquet: a footer of 2147483647 bytes, the bound is 67108864"),
        second(
            "its footer said to be longer than the file",
            withFooterLength(100_000),
            "1: unreadable: layer_1.parquet: 100000 bytes at -…"),
        second("cut", Arrays.copyOf(SOUND, 100), "1: unreadable: layer_1.parquet: …"),
        second(
            "no rows",
            layer(0, (row, i) -> ids(row, 1, 0)),
            "1: empty: layer_1.parquet has no rows"),
        second(
            "tokens at fault between sound ones",
            layer(3, (row, i) -> ids(row, 1, i == 1 ? 1 : 0)),
            "1: - decode@0 [3 2|1 0][3 2|1 1][3 2|1 0]",
            "1@1 layer 1 repeated-expert: experts [1, 1]"),
        second(
            "ids of floats, one NaN and one a fraction",
            ParquetSeeds.file(
                FLOATS,
                WriterVersion.PARQUET_1_0,
                CompressionCodecName.SNAPPY,
                3,
                (row, i) ->
                    row.addGroup("indices")
                        .append("array", i == 0 ? Double.NaN : 1)
                        .append("array", i / 4.0)),
            "1: - decode@0 [3 2|-1 0][3 2|1 -1][3 2|1 -1]",
            "1 empty: no token to keep",
            "1@0 layer 1 id-out-of-range: experts [-1, 0]",
            "1@1 layer 1 id-out-of-range: experts [1, -1]",
            "1@2 layer 1 id-out-of-range: experts [1, -1]"));
  }

  private static String misfit(String layers) {
    return "1: shape: files of layers %s, expected 0 to 1, or 1 to 2 as Megatron-LM counts, or 0 to 1 counting MoE layers only"
        .formatted(layers);
  }

  private static Fault second(String name, byte[] file, String... expected) {
    return files(
        name, List.of("layer_0.parquet", "layer_1.parquet"), List.of(SOUND, file), expected);
  }

  private static Fault files(
      String name, List<String> names, List<byte[]> files, String... expected) {
    var parts = new ArrayList<TracePart>();
    for (int i = 0; i < names.size(); i++) {
      parts.add(Fault.part(names.get(i), files.get(i)));
    }
    return Fault.trace(TraceFormat.PARQUET, name, parts, expected).in(DECODE);
  }

  /** The length stands in front of the last four bytes. */
  private static byte[] withFooterLength(int bytes) {
    var file = SOUND.clone();
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(file.length - 8, bytes);
    return file;
  }

  private static byte[] layer(int rows, ParquetLayers.RowWriter row) {
    return ParquetSeeds.file(
        ParquetLayers.IDS, WriterVersion.PARQUET_1_0, CompressionCodecName.SNAPPY, rows, row);
  }
}
