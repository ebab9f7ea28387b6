package coterie.ingest.read;

import static coterie.ingest.read.NumpyBytes.RAW_I4;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SglangReaderTest {

  private static final String ALL = "[3 2|1 0][0 1|2 3][3 1|0 2][1 2|3 0]";

  @Test
  void rowsAfterTheGivenStart() {
    assertThat(sglang(generate("a/b/0", 7, 5))).containsExactly("1: a/b/0 decode@7 " + ALL);
    assertThat(sglang(generate("r", 2, 3)))
        .containsExactly("1: r prefill@0 [3 2|1 0][0 1|2 3] r decode@2 [3 1|0 2][1 2|3 0]");
  }

  @Test
  void openAiRoutesCarryTheSameField() {
    var line =
        """
        {"id": "r", "created": 1760000000, "choices": [{"text": ""}], \
        "sglext": {"routed_experts": "%s"}, \
        "usage": {"prompt_tokens": 7, "completion_tokens": 5}}"""
            .formatted(RAW_I4);
    assertThat(sglang(line)).containsExactly("1: r decode@7 " + ALL);
  }

  /** Dense layers are rows too: the same 64 bytes are two tokens of a model with four layers. */
  @Test
  void theShapeComesFromTheModel() {
    assertThat(Readers.lines(TraceFormat.SGLANG, Models.WITH_DENSE_LAYERS, generate("r", 7, 3)))
        .containsExactly("1: r decode@7 [3 2|1 0|0 1|2 3][3 1|0 2|1 2|3 0]");
  }

  @Test
  void badLinesAreNamed() {
    assertThat(
            sglang(
                "{\"meta_info\": {\"id\": \"r\"}}",
                "{\"meta_info\": {\"id\": \"r\", \"routed_experts\": \"AAAA\"}}",
                "{\"text\": \"\"}",
                "{\"meta_info\": {\"routed_experts\": 7}}",
                generate("ok", 7, 5)))
        .containsExactly(
            "1: no-routing: no routed_experts in meta_info",
            "2: shape: 3 bytes are no multiple of 2 layers x top-2 x 4, the shape of model tiny",
            "3: no-routing: no routed_experts in meta_info or sglext",
            "4: malformed: routed_experts is not a string",
            "5: ok decode@7 " + ALL);
  }

  private static List<String> sglang(String... lines) {
    return Readers.lines(TraceFormat.SGLANG, Models.TINY, lines);
  }

  private static String generate(String id, int prompt, int completion) {
    return """
        {"text": "", "meta_info": {"id": "%s", "prompt_tokens": %d, "completion_tokens": %d, \
        "routed_experts": "%s"}}"""
        .formatted(id, prompt, completion, RAW_I4);
  }
}
