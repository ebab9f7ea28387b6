package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.ModelGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SglangCountsReaderTest {

  /** Three hidden layers of which the first is dense, top-2 of 4. */
  private static final ModelGeometry MODEL =
      new ModelGeometry("tiny", "main", 3, List.of(1, 2), 4, 2, 0, null, 1);

  @Test
  void theDenseLayersRowIsLeftOut() {
    assertThat(read("{\"logical_count\": [[9, 9, 9, 9], [5, 4, 3, 2], [1, 0, 2, 7.0]]}", MODEL))
        .containsExactly("1: mixed step null rank null [5, 4, 3, 2, 1, 0, 2, 7]");
  }

  @Test
  void eachPassIsARecord() {
    assertThat(
            read(
                "{\"rank\": 0,\n \"logical_count\": [[[1, 2], [3, 4]],\n [[5, 6], [7, 8]]],\n"
                    + " \"average_utilization_rate_over_window\": null, \"x\": {\"y\": [1]}}",
                model(2, 2)))
        .containsExactly(
            "1: mixed step null rank null [1, 2, 3, 4]",
            "2: mixed step null rank null [5, 6, 7, 8]");
  }

  @Test
  void aBadPassIsRejectedAloneAndByName() {
    assertThat(
            read(
                "{\"logical_count\": [[[1, 2], [3, 4]], [[1, 2], [3]], [[1, 2, 3], [3, 4, 5]],"
                    + " [[1, -2], [3, 4]], [[1, 2], [3, \"4\"]], [[1, 2], [3, {\"a\": [1]}]],"
                    + " [[1, 2], 3, [4, 5]], [[1, 1e300], [3, 4]], [], [[1, 2], [3, [4]]],"
                    + " [[5, 6], [7, 8]], 9]}",
                model(2, 2)))
        .containsExactly(
            "1: mixed step null rank null [1, 2, 3, 4]",
            "2: malformed: array of counts: 1 counts in row 1 and 2 in row 0",
            "3: shape: counts of 2 layers x 3 experts, model tiny has 2 MoE layers of 2 x 2",
            "4: malformed: array of counts: count 1 in row 0 is -2.0, which is no count",
            "5: malformed: array of counts: 4 in place of a count",
            "6: malformed: array of counts: { in place of a count",
            "7: malformed: array of counts: 3 between arrays",
            "8: malformed: array of counts: count 1 in row 0 is 1.0E300, which is no count",
            "9: shape: counts of 0 layers x 0 experts, model tiny has 2 MoE layers of 2 x 2",
            "10: malformed: array of counts: nested 4 deep",
            "11: mixed step null rank null [5, 6, 7, 8]",
            "12: malformed: array of counts: 9 between arrays");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                        | 1: malformed: the file is no JSON object
          {"other": 1}              | 1: malformed: no field logical_count
          {"logical_count": 5}      | 1: malformed: logical_count is no array of counts
          {"logical_count": {}}     | 1: malformed: logical_count is no array of counts
          {"logical_count": []}     | 1: malformed: array of counts: an empty array, or one of one dimension
          {"logical_count": [1, 2]} | 1: malformed: array of counts: 1 between arrays
          {"logical_count": [[[[1]]]]} | 1: malformed: array of counts: nested 4 deep
          """)
  void filesWithoutCountsAreRejected(String content, String record) {
    assertThat(read(content, model(2, 2))).containsExactly(record);
  }

  @Test
  void theFieldComesOnce() {
    assertThat(
            read(
                "{\"logical_count\": [[1, 2], [3, 4]], \"logical_count\": [[5, 6], [7, 8]]}",
                model(2, 2)))
        .hasSize(2)
        .first()
        .isEqualTo("1: mixed step null rank null [1, 2, 3, 4]");
    assertThat(
            read(
                "{\"logical_count\": [[1, 2], [3, 4]], \"logical_count\": [[5, 6], [7, 8]]}",
                model(2, 2)))
        .last()
        .asString()
        .startsWith("2: malformed: Duplicate field 'logical_count'");
    assertThat(read("{\"logical_count\": [[1, 2], [3, 4]]} {}", model(2, 2)))
        .containsExactly(
            "1: mixed step null rank null [1, 2, 3, 4]",
            "2: malformed: the file goes on behind its JSON object");
  }

  @Test
  void everyTruncationIsReported() {
    var whole = "{\"logical_count\": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}";
    int firstPassEnds = whole.indexOf("]]") + 2;
    for (int length = 0; length < whole.length(); length++) {
      var records = read(whole.substring(0, length), model(2, 2));
      assertThat(records).as("%d characters", length).isNotEmpty();
      assertThat(records.get(records.size() - 1)).contains(": malformed: ");
      assertThat(records.get(0).equals("1: mixed step null rank null [1, 2, 3, 4]"))
          .isEqualTo(length >= firstPassEnds);
    }
  }

  /** Far more rows and columns than the model has are counted, not held. */
  @Test
  void hugeArraysAreCountedOnly() {
    var row = "[" + "1,".repeat(9_999) + "1]";
    assertThat(read("{\"logical_count\": [" + (row + ",").repeat(99) + row + "]}", model(2, 2)))
        .containsExactly(
            "1: shape: counts of 100 layers x 10000 experts, model tiny has 2 MoE layers of 2 x 2");
    assertThat(read("{\"x\": " + "[".repeat(100_000), model(2, 2)))
        .singleElement()
        .asString()
        .startsWith("1: malformed: ");
  }

  @Test
  void isToldByTheField() throws IOException {
    assertThat(detect("{\"logical_count\": [[5, 4, 3, 2]]}")).contains(TraceFormat.SGLANG_COUNTS);
    assertThat(detect("{\n  \"rank\": 0,\n  \"logical_count\": [\n    [1,\n"))
        .contains(TraceFormat.SGLANG_COUNTS);
    assertThat(detect("{\"physical_to_logical_map\": [[0, 1]]}")).isEmpty();
    assertThat(detect("{\"x\": {\"logical_count\": 1}}")).isEmpty();
  }

  private static java.util.Optional<TraceFormat> detect(String content) throws IOException {
    return TraceFormat.detect(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static ModelGeometry model(int layers, int experts) {
    return new ModelGeometry(
        "tiny", "main", layers, ModelGeometry.layersFrom(0, layers), experts, 1, 0, null, 1);
  }

  private static List<String> read(String content, ModelGeometry model) {
    return Readers.lines(TraceFormat.SGLANG_COUNTS, model, content);
  }
}
