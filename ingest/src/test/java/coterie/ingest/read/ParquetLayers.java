package coterie.ingest.read;

import coterie.ingest.container.Float16;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Writes layer files with Parquet's own example writer, in the schema that Arrow writes. */
final class ParquetLayers {

  static final MessageType IDS =
      MessageTypeParser.parseMessageType(
          """
          message schema {
            optional group indices (LIST) {
              repeated group list { optional int32 element (INTEGER(16,true)); }
            }
          }""");

  static final MessageType SCORED =
      MessageTypeParser.parseMessageType(
          """
          message schema {
            optional group scores (LIST) {
              repeated group list { optional fixed_len_byte_array(2) element (FLOAT16); }
            }
            optional group indices (LIST) {
              repeated group list { optional int32 element (INTEGER(16,true)); }
            }
          }""");

  /** Two-level lists of old writers, 64-bit ids and 32-bit scores. */
  static final MessageType OLD =
      MessageTypeParser.parseMessageType(
          """
          message schema {
            required group indices (LIST) { repeated int64 array; }
            required group scores (LIST) { repeated float array; }
          }""");

  private ParquetLayers() {}

  /** What is done to one row. */
  interface RowWriter {
    void write(Group row, int number);
  }

  static void write(Path file, MessageType schema, int rows, RowWriter row) throws IOException {
    write(file, schema, WriterVersion.PARQUET_1_0, CompressionCodecName.SNAPPY, rows, row);
  }

  /** Row groups and pages are small, so that a few thousand rows have many of both. */
  static void write(
      Path file,
      MessageType schema,
      WriterVersion version,
      CompressionCodecName codec,
      int rows,
      RowWriter row)
      throws IOException {
    var factory = new SimpleGroupFactory(schema);
    try (var writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(schema)
            .withWriterVersion(version)
            .withCompressionCodec(codec)
            .withRowGroupSize(20_000L)
            .withPageSize(1_000)
            .build()) {
      for (int i = 0; i < rows; i++) {
        var group = factory.newGroup();
        row.write(group, i);
        writer.write(group);
      }
    }
  }

  /** Adds ids, null for a null. */
  static void ids(Group row, Integer... ids) {
    var list = row.addGroup("indices");
    for (var id : ids) {
      var element = list.addGroup("list");
      if (id != null) {
        element.add("element", id);
      }
    }
  }

  /** Adds half floats. */
  static void scores(Group row, float... scores) {
    var list = row.addGroup("scores");
    for (float score : scores) {
      short half = Float16.fromFloat(score);
      byte[] bytes = {(byte) half, (byte) (half >>> 8)};
      list.addGroup("list").add("element", Binary.fromConstantByteArray(bytes));
    }
  }

  /** One row for each list of ids. */
  static void writeIds(Path file, List<Integer[]> rows) throws IOException {
    write(file, IDS, rows.size(), (row, i) -> ids(row, rows.get(i)));
  }
}
