package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.SharedFiles;
import coterie.ingest.container.Float16;
import coterie.ingest.model.ModelPresets;
import coterie.ingest.table.ModelGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class FingerprintingReaderTest {

  private static final ReadContext TINY = new ReadContext(Models.TINY, null);

  private static final String HEAD =
      """
      {
        "row_index": 12,
        "dataset": "d",
        "category": "maths",
        "finished_successfully": true,
        "original_prompt": "Why?",
        "full_text": ["Why", "?", "So"],
      """;

  static final String WHOLE =
      HEAD
          + """
            "router_data": [
              {"token_2": {
                "layer_0": {"selected_experts": [3, 2], "selected_probs": [0.75, 0.25]},
                "layer_1": {"full_scores": [[0.1]], "selected_experts": [1, 0], "selected_probs": [0.5, 0.5]}
              }},
              {"token_3": {
                "layer_0": {"selected_experts": [0, 1], "selected_probs": [0.9, 0.1]},
                "layer_1": {"selected_experts": [2, 3], "selected_probs": [1, 0]}
              }}
            ]
          }
          """;

  @Test
  void aFileIsOneRequestOfDecodeTokens() {
    var records = records(TINY, WHOLE);
    assertThat(records)
        .singleElement()
        .extracting(Readers::describe)
        .isEqualTo("1: d/maths/12 decode@2 [3 2|1 0][0 1|2 3]");
    var run = ((TraceRecord.Routed) records.get(0)).runs().get(0);
    assertThat(run.origin().workload()).isEqualTo("maths");
    assertThat(run.weight(0, 0, 0)).isEqualTo(Float16.fromFloat(0.75f));
    assertThat(run.weight(1, 1, 1)).isEqualTo((short) 0);
  }

  @Test
  void theUserMayNameAnotherWorkload() {
    var context = new ReadContext(Models.TINY, null, "dataset");
    var record = (TraceRecord.Routed) records(context, WHOLE).get(0);
    assertThat(record.runs().get(0).origin().workload()).isEqualTo("d");
  }

  @Test
  void badLayersTakeTheirTokenWithThem() {
    var records =
        records(
            TINY,
            """
            {"router_data": [
              {"token_0": {"layer_0": {"selected_experts": [3, 2]},
                           "layer_1": {"selected_experts": [1, 0]}}},
              {"token_1": {"layer_0": {"selected_experts": [3, 2]}}},
              {"token_2": {"layer_0": {"selected_experts": [3]},
                           "layer_1": {"selected_experts": "none"}}},
              {"token_3": {"layer_0": {"selected_probs": [0.5, 0.5]},
                           "layer_1": [{"a": [1]}]}},
              {"token_4": {"layer_x": {"selected_experts": [3, 2]},
                           "layer_9": {"selected_experts": [3, 2]}}},
              {"token_5": 7, "5": {"layer_0": {"selected_experts": [3, 2]}}},
              {"token_5": {"layer_0": {"selected_experts": [3, 2.5]}}},
              [1, {"a": 2}],
              {"token_6": {"layer_0": {"selected_experts": [3, 2]},
                           "layer_1": {"selected_experts": [1, 0]}}}
            ]}""");
    assertThat(Accounts.of(Models.TINY, records))
        .contains(
            "2 of 3 tokens kept",
            "missing-layer: record 1 token 1 layer 1: no sound row",
            malformed("token_2 layer_1: selected_experts is no list of at most 65536 numbers"),
            malformed("token_3 layer_0: no selected_experts"),
            malformed("token_3 layer_1: no selected_experts"),
            malformed("token_4 layer_x: name is not layer_<n>"),
            malformed("token_5 is no object"),
            malformed("5 layer_0: name is not token_<n>"),
            malformed("token_5 layer_0: an expert that is no whole number"),
            malformed("an element of router_data is no object"),
            "shape: record 1 token null layer null: token_2 layer_0: 1 experts in layer 0, model"
                + " tiny has top-2",
            "shape: record 1 token null layer null: token_4 layer_9: layer 9, model tiny has"
                + " layers 0 to 1")
        .hasSize(12);
  }

  private static String malformed(String detail) {
    return "malformed: record 1 token null layer null: " + detail;
  }

  @Test
  void filesThatAreSomethingElseAreNamed() {
    assertThat(described("{\"row_index\": 1}"))
        .containsExactly("1: no-routing: no list router_data");
    assertThat(described("{\"router_data\": []}"))
        .containsExactly("1: empty: no sound row of an MoE layer");
    assertThat(described("[1]")).containsExactly("1: malformed: not a JSON object");
    assertThat(described("")).isEmpty();
    assertThat(described("{\"a\": " + "[".repeat(100)))
        .singleElement()
        .asString()
        .contains("unreadable: Document nesting depth (65) exceeds the maximum allowed (64");
  }

  @Test
  void requestsAreBounded() {
    var in = new ByteArrayInputStream(WHOLE.getBytes(StandardCharsets.UTF_8));
    assertThat(Readers.records(new FingerprintingReader(in, TINY, 3)))
        .extracting(Readers::describe)
        .containsExactly("1: too-large: more than 3 pairs of token and layer");
  }

  /** From the end of token 2 on there is a whole token to keep. */
  @Test
  void everyTruncationIsReportedAndKeepsWholeTokens() {
    int end = WHOLE.indexOf("{\"token_3\"");
    for (int length = 1; length < WHOLE.stripTrailing().length(); length++) {
      var records = records(TINY, WHOLE.substring(0, length));
      assertThat(records.get(records.size() - 1))
          .isInstanceOf(TraceRecord.Rejected.class)
          .extracting(record -> ((TraceRecord.Rejected) record).reason())
          .isEqualTo(IssueReason.UNREADABLE);
      if (length >= end) {
        assertThat(Readers.describe(records.get(0))).startsWith("1: d/maths/12 decode@2 [3 2|1 0]");
      }
    }
  }

  @Test
  void isToldByItsFirstFields() throws IOException {
    assertThat(TraceFormat.detect(stream(HEAD))).contains(TraceFormat.EXPERT_FINGERPRINTING);
    assertThat(TraceFormat.detect(stream(WHOLE.replace("\n", ""))))
        .contains(TraceFormat.EXPERT_FINGERPRINTING);
  }

  /** The same request as a vLLM response; there it is number 0 of its category. */
  @Test
  void theRealFileHasTheTokensOfTheSameRequestFromVllm() throws IOException {
    var original =
        SharedFiles.gptOss20b("original/mmlu_test-abstract_algebra-False_False_examples.json.gz");
    var vllm = SharedFiles.gptOss20b("vllm/mmlu_test.jsonl.gz");
    try (var in = gunzip(original)) {
      assertThat(TraceFormat.detect(in)).contains(TraceFormat.EXPERT_FINGERPRINTING);
    }
    var here = run(TraceFormat.EXPERT_FINGERPRINTING, original);
    var there = run(TraceFormat.VLLM, vllm);
    assertThat(here.origin().requestId()).isEqualTo("mmlu_test/abstract_algebra/12102");
    assertThat(here.origin().workload()).isEqualTo("abstract_algebra");
    assertThat(there.origin().requestId()).isEqualTo("mmlu_test/abstract_algebra/0");
    assertThat(here.phase()).isEqualTo(there.phase()).isEqualTo("decode");
    assertThat(here.firstPosition()).isEqualTo(there.firstPosition()).isEqualTo(136);
    assertThat(here.tokens()).isEqualTo(there.tokens()).isEqualTo(511);
    for (int token = 0; token < here.tokens(); token++) {
      assertThat(token(here, token)).as("token %d", token).isEqualTo(token(there, token));
      assertThat(weightSum(here, token)).isBetween(24 * 0.99f, 24 * 1.01f);
    }
  }

  private static RoutedRun run(TraceFormat format, Path file) throws IOException {
    var part = new TracePart("trace", () -> gunzip(file));
    var context = new ReadContext(model(), null);
    try (var reader = format.open(List.of(part), context)) {
      return ((TraceRecord.Routed) reader.next().orElseThrow()).runs().get(0);
    }
  }

  private static ModelGeometry model() {
    return ModelPresets.find("gpt-oss-20b").orElseThrow();
  }

  private static GZIPInputStream gunzip(Path file) throws IOException {
    return new GZIPInputStream(Files.newInputStream(file));
  }

  private static String token(RoutedRun run, int token) {
    var text = new StringBuilder();
    for (int layer = 0; layer < 24; layer++) {
      for (int k = 0; k < 4; k++) {
        text.append(run.id(token, layer, k)).append(' ');
      }
    }
    return text.toString();
  }

  private static float weightSum(RoutedRun run, int token) {
    float sum = 0;
    for (int layer = 0; layer < 24; layer++) {
      for (int k = 0; k < 4; k++) {
        sum += Float16.toFloat(run.weight(token, layer, k));
      }
    }
    return sum;
  }

  private static List<String> described(String content) {
    return records(TINY, content).stream().map(Readers::describe).toList();
  }

  private static List<TraceRecord> records(ReadContext context, String content) {
    return Readers.records(
        TraceFormat.EXPERT_FINGERPRINTING, content.getBytes(StandardCharsets.UTF_8), context);
  }

  private static ByteArrayInputStream stream(String content) {
    return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
  }
}
