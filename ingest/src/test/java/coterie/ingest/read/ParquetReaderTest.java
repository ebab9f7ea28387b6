package coterie.ingest.read;

import static coterie.ingest.read.ParquetLayers.ids;
import static coterie.ingest.read.ParquetLayers.scores;
import static coterie.ingest.read.ParquetLayers.write;
import static coterie.ingest.read.ParquetLayers.writeIds;
import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.container.Float16;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.RoutingTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetReaderTest {

  private static final ReadContext TINY = new ReadContext(Models.TINY, RoutingTable.PREFILL);

  /** Hidden layers 1 and 3 are MoE. */
  private static final ReadContext DENSE =
      new ReadContext(Models.WITH_DENSE_LAYERS, RoutingTable.PREFILL);

  @TempDir private Path folder;

  @Test
  void aTokenIsARowOfEachFile() throws IOException {
    writeIds(file("layer_1.parquet"), List.of(list(1, 0), list(2, 3)));
    writeIds(file("layer_0.parquet"), List.of(list(3, 2), list(0, 1)));
    assertThat(described(TINY, "layer_1.parquet", "layer_0.parquet"))
        .containsExactly("1: - prefill@0 [3 2|1 0][0 1|2 3]");
  }

  /** Hidden layers from 0, from 1 as Megatron-LM counts them, and MoE layers only. */
  @Test
  void layersAreNumberedInThreeWays() throws IOException {
    for (var names : List.of(list(1, 3), list(2, 4), list(0, 1))) {
      var low = "layer_%02d.parquet".formatted(names[0]);
      var high = "layer_%02d.parquet".formatted(names[1]);
      writeIds(file(low), List.<Integer[]>of(list(3, 2)));
      writeIds(file(high), List.<Integer[]>of(list(1, 0)));
      assertThat(described(DENSE, high, low)).containsExactly("1: - prefill@0 [3 2|1 0]");
      Files.delete(file(low));
      Files.delete(file(high));
    }
  }

  @Test
  void otherFilesThanTheModelsLayersAreNamed() throws IOException {
    for (int layer : new int[] {1, 2, 3}) {
      writeIds(file("layer_%d.parquet".formatted(layer)), List.<Integer[]>of(list(3, 2)));
    }
    var expected =
        ", expected [1, 3], or [2, 4] as Megatron-LM counts, or 0 to 1 counting MoE layers only";
    assertThat(described(DENSE, "layer_1.parquet"))
        .containsExactly("1: shape: files of layers [1]" + expected);
    assertThat(described(DENSE, "layer_1.parquet", "layer_2.parquet"))
        .containsExactly("1: shape: files of layers [1, 2]" + expected);
    assertThat(described(DENSE, "layer_1.parquet", "layer_2.parquet", "layer_3.parquet"))
        .containsExactly("1: shape: files of layers [1, 2, 3]" + expected);
    Files.copy(file("layer_1.parquet"), file("actives.parquet"));
    assertThat(described(DENSE, "layer_1.parquet", "actives.parquet"))
        .containsExactly("1: shape: file 'actives.parquet' is not named layer_<n>.parquet");
  }

  @Test
  void scoresAreGateWeights() throws IOException {
    write(
        file("layer_0.parquet"),
        ParquetLayers.SCORED,
        2,
        (row, i) -> {
          scores(row, 0.75f, i == 0 ? 0.25f : Float.NaN);
          ids(row, 3, 2);
        });
    write(
        file("layer_1.parquet"),
        ParquetLayers.OLD,
        2,
        (row, i) -> {
          row.addGroup("indices").append("array", 1L).append("array", 0L);
          row.addGroup("scores").append("array", 0.2f).append("array", 0.8f);
        });
    var records = records(TINY, "layer_0.parquet", "layer_1.parquet");
    assertThat(records)
        .extracting(Readers::describe)
        .containsExactly("1: - prefill@0 [3 2|1 0][3 2|1 0]");
    var run = ((TraceRecord.Routed) records.get(0)).runs().get(0);
    assertThat(run.weight(0, 0, 1)).isEqualTo(Float16.fromFloat(0.25f));
    assertThat(run.weight(0, 1, 1)).isEqualTo(Float16.fromFloat(0.8f));
    assertThat(Accounts.of(Models.TINY, records))
        .containsExactly(
            "1 of 2 tokens kept", "bad-weight: record 1 token 1 layer 0: experts [3, 2]");
  }

  @Test
  void scoresInSomeFilesOnlyAreRefused() throws IOException {
    write(
        file("layer_0.parquet"),
        ParquetLayers.SCORED,
        1,
        (row, i) -> {
          scores(row, 0.75f, 0.25f);
          ids(row, 3, 2);
        });
    writeIds(file("layer_1.parquet"), List.<Integer[]>of(list(3, 2)));
    assertThat(described(TINY, "layer_0.parquet", "layer_1.parquet"))
        .containsExactly("1: shape: column scores in 1 of 2 files");
  }

  /** Row 1 has no list, 2 an empty one, 3 one too many, 4 a null, 5 an id no model has. */
  @Test
  void badRowsTakeTheirTokenWithThem() throws IOException {
    write(
        file("layer_0.parquet"),
        ParquetLayers.IDS,
        7,
        (row, i) -> {
          switch (i) {
            case 1 -> {}
            case 2 -> ids(row);
            case 3 -> ids(row, 3, 2, 1);
            case 4 -> ids(row, 3, null);
            case 5 -> ids(row, 3, -7);
            default -> ids(row, 3, 2);
          }
        });
    writeIds(file("layer_1.parquet"), Stream.generate(() -> list(1, 0)).limit(7).toList());
    assertThat(Accounts.of(Models.TINY, records(TINY, "layer_0.parquet", "layer_1.parquet")))
        .containsExactly(
            "2 of 7 tokens kept",
            "id-out-of-range: record 1 token 4 layer 0: experts [3, -1]",
            "id-out-of-range: record 1 token 5 layer 0: experts [3, -7]",
            "missing-layer: record 1 token 1 layer 0: layer_0.parquet: no indices",
            "missing-layer: record 1 token 2 layer 0: layer_0.parquet: 0 indices, not 2",
            "missing-layer: record 1 token 3 layer 0: layer_0.parquet: 3 indices, not 2");
  }

  @Test
  void theRowsThatAllFilesHaveAreKept() throws IOException {
    writeIds(file("layer_0.parquet"), List.of(list(3, 2), list(0, 1), list(1, 2)));
    writeIds(file("layer_1.parquet"), List.of(list(1, 0), list(2, 3)));
    assertThat(described(TINY, "layer_0.parquet", "layer_1.parquet"))
        .containsExactly(
            "1: - prefill@0 [3 2|1 0][0 1|2 3]",
            "2: shape: layer_1.parquet has 2 rows, layer_0.parquet 3: tokens from 2 on lack a"
                + " layer");
  }

  /**
   * 5,000 tokens in slices of 1,024. Token t calls t mod 4 and the next expert in layer 0, t / 4
   * mod 4 and the next in layer 1, whose file has other row groups, pages and compression.
   */
  @Test
  void longFilesComeInSlices() throws IOException {
    for (var codec : List.of(CompressionCodecName.ZSTD, CompressionCodecName.GZIP)) {
      write(
          file("layer_0.parquet"),
          ParquetLayers.IDS,
          WriterVersion.PARQUET_1_0,
          CompressionCodecName.UNCOMPRESSED,
          5_000,
          (row, i) -> ids(row, i % 4, (i + 1) % 4));
      write(
          file("layer_1.parquet"),
          ParquetLayers.IDS,
          WriterVersion.PARQUET_2_0,
          codec,
          5_000,
          (row, i) -> ids(row, i / 4 % 4, (i / 4 + 1) % 4));
      var records = records(TINY, "layer_0.parquet", "layer_1.parquet");
      int token = 0;
      for (var record : records) {
        var run = ((TraceRecord.Routed) record).runs().get(0);
        assertThat(run.firstPosition()).isEqualTo(token);
        for (int i = 0; i < run.tokens(); i++, token++) {
          assertThat(run.id(i, 0, 0)).isEqualTo(token % 4);
          assertThat(run.id(i, 1, 1)).isEqualTo((token / 4 + 1) % 4);
        }
      }
      assertThat(token).isEqualTo(5_000);
      assertThat(records).hasSize(5).extracting(TraceRecord::number).contains(1L, 5L);
      Files.delete(file("layer_0.parquet"));
      Files.delete(file("layer_1.parquet"));
    }
  }

  @Test
  void whatIsNoLayerFileIsNamed() throws IOException {
    writeIds(file("layer_0.parquet"), List.<Integer[]>of(list(3, 2)));
    Files.writeString(file("layer_1.parquet"), "no Parquet at all");
    assertThat(described(TINY, "layer_0.parquet", "layer_1.parquet"))
        .singleElement()
        .asString()
        .startsWith("1: unreadable: layer_1.parquet: a footer of ");
    Files.delete(file("layer_1.parquet"));
    write(
        file("layer_1.parquet"),
        MessageTypeParser.parseMessageType("message schema { required int32 indices; }"),
        1,
        (row, i) -> row.add("indices", 3));
    assertThat(described(TINY, "layer_0.parquet", "layer_1.parquet"))
        .singleElement()
        .asString()
        .startsWith("1: unreadable: layer_1.parquet: column indices is no list of numbers");
  }

  @Test
  void theUserStatesThePhase() throws IOException {
    writeIds(file("layer_0.parquet"), List.<Integer[]>of(list(3, 2)));
    writeIds(file("layer_1.parquet"), List.<Integer[]>of(list(3, 2)));
    assertThat(described(new ReadContext(Models.TINY, null), "layer_0.parquet", "layer_1.parquet"))
        .containsExactly("1: phase-unknown: Parquet files of layers do not say it");
  }

  @Test
  void everyTruncationIsReportedAndNoneThrows() throws IOException {
    var model = new ModelGeometry("one", "main", 1, List.of(0), 4, 2, 0, null, 1);
    var context = new ReadContext(model, RoutingTable.PREFILL);
    writeIds(file("layer_0.parquet"), List.of(list(3, 2), list(0, 1)));
    var whole = Files.readAllBytes(file("layer_0.parquet"));
    for (int length = 0; length < whole.length; length++) {
      var cut = Arrays.copyOf(whole, length);
      assertThat(only(context, cut))
          .singleElement()
          .asString()
          .startsWith("1: unreadable: layer_0.parquet: ");
    }
  }

  /** Each byte set to three other values: whatever comes of it is a record, never an exception. */
  @Test
  void noBrokenByteThrows() throws IOException {
    var model = new ModelGeometry("one", "main", 1, List.of(0), 4, 2, 0, null, 1);
    var context = new ReadContext(model, RoutingTable.PREFILL);
    writeIds(file("layer_0.parquet"), List.of(list(3, 2), list(0, 1), list(1, 2)));
    var whole = Files.readAllBytes(file("layer_0.parquet"));
    for (int at = 0; at < whole.length; at++) {
      for (int value : new int[] {0, 0x7F, 0xFF}) {
        var broken = whole.clone();
        broken[at] = (byte) value;
        assertThat(only(context, broken)).as("byte %d = %d", at, value).isNotEmpty();
      }
    }
  }

  private static List<String> only(ReadContext context, byte[] content) throws IOException {
    var part = new TracePart("layer_0.parquet", () -> new ByteArrayInputStream(content));
    try (var reader = TraceFormat.PARQUET.open(List.of(part), context)) {
      return Readers.records(reader).stream().map(Readers::describe).toList();
    }
  }

  private List<String> described(ReadContext context, String... names) throws IOException {
    return records(context, names).stream().map(Readers::describe).toList();
  }

  private List<TraceRecord> records(ReadContext context, String... names) throws IOException {
    var parts =
        Arrays.stream(names)
            .map(name -> new TracePart(name, () -> Files.newInputStream(file(name))))
            .toList();
    try (var reader = TraceFormat.PARQUET.open(parts, context)) {
      return Readers.records(reader);
    }
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static Integer[] list(Integer... ids) {
    return ids;
  }
}
