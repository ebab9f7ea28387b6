package coterie.ingest.read;

import static coterie.ingest.read.ParquetLayers.ids;
import static coterie.ingest.read.ParquetLayers.scores;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;

/** Layer files of three tokens in {@link Models#TINY}, in the kinds of pages there are. */
final class ParquetSeeds {

  private static final ReadContext TINY = new ReadContext(Models.TINY, null);

  private ParquetSeeds() {}

  static List<Seed> all() {
    return List.of(
        seed(WriterVersion.PARQUET_1_0, CompressionCodecName.UNCOMPRESSED),
        seed(WriterVersion.PARQUET_1_0, CompressionCodecName.SNAPPY),
        seed(WriterVersion.PARQUET_2_0, CompressionCodecName.ZSTD));
  }

  /** The file of layer 0 is broken, that of layer 1 stays. */
  private static Seed seed(WriterVersion version, CompressionCodecName codec) {
    var first = scored(version, codec);
    var second = old();
    return new Seed(first, TINY) {
      @Override
      List<TracePart> parts(byte[] changed) {
        return List.of(
            Fault.part("layer_0.parquet", changed), Fault.part("layer_1.parquet", second));
      }
    };
  }

  private static byte[] scored(WriterVersion version, CompressionCodecName codec) {
    return file(
        ParquetLayers.SCORED,
        version,
        codec,
        3,
        (row, i) -> {
          scores(row, 0.75f, 0.25f);
          ids(row, (3 + i) % 4, 2 - i % 2);
        });
  }

  /** Lists as old writers wrote them. */
  private static byte[] old() {
    return file(
        ParquetLayers.OLD,
        WriterVersion.PARQUET_1_0,
        CompressionCodecName.SNAPPY,
        3,
        (row, i) -> {
          row.addGroup("indices").append("array", 1L).append("array", 0L);
          row.addGroup("scores").append("array", 0.2f).append("array", 0.8f);
        });
  }

  /** A file that Parquet's own writer wrote. */
  static byte[] file(
      MessageType schema,
      WriterVersion version,
      CompressionCodecName codec,
      int rows,
      ParquetLayers.RowWriter row) {
    try {
      var folder = Files.createTempDirectory("parquet-seed");
      var file = folder.resolve("layer.parquet");
      ParquetLayers.write(file, schema, version, codec, rows, row);
      var content = Files.readAllBytes(file);
      Files.delete(file);
      Files.delete(folder);
      return content;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
