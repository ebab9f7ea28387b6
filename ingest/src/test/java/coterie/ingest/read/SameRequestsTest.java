package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.SharedFiles;
import coterie.ingest.table.ModelGeometry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The same served requests as SGLang's responses and as dumps of its recorder. */
class SameRequestsTest {

  private static final ModelGeometry GPT_OSS_20B =
      new ModelGeometry(
          "gpt-oss-20b", "main", 24, ModelGeometry.layersFrom(0, 24), 32, 4, 0, null, 1);

  /**
   * The recorder saw 400 passes of 8 requests, and stopped before they had ended. Each token it saw
   * is one of the responses' tokens: at the same position, with the same experts in all layers. So
   * the counts of any layer agree on the tokens that both have.
   */
  @Test
  void everyTokenOfTheRecorderIsInTheResponses() throws IOException {
    var left = new HashMap<String, Integer>();
    for (var token : tokens(TraceFormat.SGLANG, "sglang/mmlu_pro_validation.jsonl.gz")) {
      left.merge(token, 1, Integer::sum);
    }
    assertThat(left.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(7_061);
    var recorded =
        tokens(
            TraceFormat.SGLANG_RECORDER,
            "sglang-recorder/expert_distribution_recorder_1760000000.25_0.pt");
    assertThat(recorded).hasSize(3_200);
    for (var token : recorded) {
      assertThat(take(token, left)).as(token).isTrue();
    }
  }

  private static boolean take(String token, Map<String, Integer> from) {
    return from.merge(token, -1, Integer::sum) >= 0;
  }

  /** For example {@code 217: [5, 1, 30, 2, ...]}, experts ascending within each layer. */
  private static List<String> tokens(TraceFormat format, String file) throws IOException {
    var tokens = new ArrayList<String>();
    try (var in = TraceInput.decompress(Files.newInputStream(SharedFiles.gptOss20b(file)))) {
      var context = new ReadContext(GPT_OSS_20B, null);
      for (var record : Readers.records(format, in.readAllBytes(), context)) {
        for (var run : ((TraceRecord.Routed) record).runs()) {
          for (int token = 0; token < run.tokens(); token++) {
            tokens.add(run.firstPosition() + token + ": " + experts(run, token));
          }
        }
      }
    }
    return tokens;
  }

  private static List<Integer> experts(RoutedRun run, int token) {
    return IntStream.range(0, 24)
        .boxed()
        .flatMap(layer -> IntStream.range(0, 4).map(k -> run.id(token, layer, k)).sorted().boxed())
        .toList();
  }
}
