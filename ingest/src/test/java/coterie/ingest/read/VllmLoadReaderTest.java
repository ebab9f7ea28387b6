package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VllmLoadReaderTest {

  static final String META =
      "{\"record_type\": \"eplb_load_meta\", \"version\": 1, \"model\": \"m\", \"num_ranks\": 2,"
          + " \"num_groups\": 1, \"num_nodes\": 1, \"num_layers\": 2,"
          + " \"num_redundant_experts\": 0}";

  static final String STATS =
      "{\"record_type\": \"eplb_load_stats\", \"version\": 1, \"step\": 1,"
          + " \"expert_load\": [[4, 1, 4, 3], [2, 3, 3, 4]],"
          + " \"p2l_map\": [[0, 1, 2, 3], [0, 1, 2, 3]]}";

  @Test
  void aWindowIsARecordAndTheFirstLineIsNone() {
    assertThat(read(META, STATS))
        .containsExactly("2: mixed step 1 rank null [4, 1, 4, 3, 2, 3, 3, 4]");
  }

  /**
   * Six slots and an empty one. Layer 1 has experts 0 and 1 twice: 4 + 2, 1 + 5. Layer 3 has expert
   * 3 twice, in the other order: expert 0 is in slot 2 with 4 and slot 5 with 5.
   */
  @Test
  void copiesOfAnExpertAddUp() {
    assertThat(
            read(
                META,
                stats(
                    "[[4, 1, 4, 3, 2, 5, 0], [2, 3, 4, 1, 8, 5, 0]]",
                    "[[0, 1, 2, 3, 0, 1, -1], [3, 1, 0, 3, 2, 0, -1]]")))
        .containsExactly("2: mixed step 7 rank null [6, 6, 4, 3, 9, 3, 8, 3]");
  }

  @Test
  void badLinesAreRejectedAlone() {
    assertThat(read(META, "{\"record_type\": \"eplb", STATS, "{\"record_type\": 5}", STATS))
        .hasSize(4)
        .anyMatch(line -> line.startsWith("2: malformed: "))
        .contains(
            "3: mixed step 1 rank null [4, 1, 4, 3, 2, 3, 3, 4]",
            "4: malformed: record_type 5",
            "5: mixed step 1 rank null [4, 1, 4, 3, 2, 3, 3, 4]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[4, 1, 4, 3]] | [[0, 1, 2, 3], [0, 1, 2, 3]]"
            + "| malformed: expert_load of 1 layers, p2l_map of 2",
        "[[4, 1, 4, 3]] | [[0, 1, 2, 3]]"
            + "| shape: counts of 1 layers x 4 experts, model tiny has 2 MoE layers of 2 x 4",
        "[[4, 1, 4], [1, 1, 1, 1]] | [[0, 1, 2, 3], [0, 1, 2, 3]]"
            + "| malformed: layer 0 has loads of 3 slots, p2l_map of 4",
        "[[4, 1, 4, 3], [1, 1, 1, 1]] | [[0, 1, 2, 4], [0, 1, 2, 3]]"
            + "| shape: slot 3 of layer 0 holds expert 4, model tiny has 4",
        "[[4, 1, 4, 3], [1, 1, 1, 1]] | [[0, 1, 2, -1], [0, 1, 2, 3]]"
            + "| shape: slot 3 of layer 0 holds expert -1, model tiny has 4",
        "[[4, 1, 4, 3], [1, 1, 1, 1]] | [[0, 1, 2, 1.5], [0, 1, 2, 3]]"
            + "| shape: slot 3 of layer 0 holds expert 1.5, model tiny has 4",
        "[[4, 1, 4, 3], [1, 1, 1, 1]] | [[0, 1, 2, 2], [0, 1, 2, 3]]"
            + "| shape: layer 0 has no slot for expert 3 of model tiny",
        "[[4, 1, 4, 3], [1, 1, 1, -1]] | [[0, 1, 2, 3], [0, 1, 2, 3]]"
            + "| malformed: load of slot 3 in layer 1 is -1.0, which is no count",
        "[[4, 1, 4, 3], [1, 1, 1, 0.5]] | [[0, 1, 2, 3], [0, 1, 2, 3]]"
            + "| malformed: load of slot 3 in layer 1 is 0.5, which is no count",
        "[[4, 1, 4, 3], [1, 1, 1, null]] | [[0, 1, 2, 3], [0, 1, 2, 3]]"
            + "| malformed: load of slot 3 in layer 1 is null",
        "[[9e15, 1, 4, 3, 9e15], [1, 1, 1, 1, 1]] | [[0, 1, 2, 3, 0], [0, 1, 2, 3, 0]]"
            + "| shape: count 1099511627777 of expert 0 in layer 0",
        "5 | [] | malformed: expert_load of 0 layers, p2l_map of 0",
      })
  void whatDoesNotFitIsRejectedByName(String load, String map, String rejection) {
    assertThat(read(stats(load, map))).containsExactly("1: " + rejection);
  }

  @Test
  void otherVersionsAreRefused() {
    assertThat(read(META.replace("\"version\": 1", "\"version\": 2")))
        .containsExactly("1: malformed: \"eplb_load_meta\" of version 2");
    assertThat(read(STATS.replace("\"step\": 1", "\"step\": null")))
        .containsExactly("1: malformed: no step");
  }

  @Test
  void fieldsComeOnce() {
    assertThat(read(STATS.replace("\"version\": 1", "\"step\": 2")))
        .singleElement()
        .asString()
        .startsWith("1: malformed: Duplicate field 'step'");
  }

  @Test
  void isToldByItsRecordType() throws IOException {
    assertThat(detect(META)).contains(TraceFormat.VLLM_LOAD);
    assertThat(detect(STATS)).contains(TraceFormat.VLLM_LOAD);
    assertThat(detect("{\"record_type\": \"eplb_initial_mapping\", \"version\": 1}")).isEmpty();
  }

  private static java.util.Optional<TraceFormat> detect(String content) throws IOException {
    return TraceFormat.detect(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static String stats(String load, String map) {
    return "{\"record_type\": \"eplb_load_stats\", \"version\": 1, \"step\": 7,"
        + " \"expert_load\": %s, \"p2l_map\": %s}".formatted(load, map);
  }

  private static List<String> read(String... lines) {
    return Readers.lines(TraceFormat.VLLM_LOAD, Models.TINY, lines);
  }
}
