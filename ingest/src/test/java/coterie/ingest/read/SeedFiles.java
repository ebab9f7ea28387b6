package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;

/** A small sound trace of each format. A new format adds its own here. */
final class SeedFiles {

  private static final ReadContext TINY = new ReadContext(Models.TINY, null);
  private static final ReadContext DENSE = new ReadContext(Models.WITH_DENSE_LAYERS, null);

  private static final Map<TraceFormat, Seed> SEEDS = new EnumMap<>(TraceFormat.class);

  static {
    SEEDS.put(TraceFormat.VLLM, vllm());
    SEEDS.put(TraceFormat.SGLANG, sglang());
    SEEDS.put(TraceFormat.NPZ, new Seed(bytes(NumpyBytes.NPZ), DENSE));
  }

  private SeedFiles() {}

  /** The seed of a format, which must be there. */
  static Seed of(TraceFormat format) {
    assertThat(SEEDS).as("a seed of format %s in SeedFiles", format.label()).containsKey(format);
    return SEEDS.get(format);
  }

  /** A response of two choices and one of one. */
  private static Seed vllm() {
    var lines =
        """
        {"id": "cmpl-a", "created": 1760000000, "choices": [{"index": 0, "routed_experts": "%s"}, \
        {"index": 1, "routed_experts": "%s"}], \
        "usage": {"prompt_tokens": 2, "completion_tokens": 6}}
        {"id": "cmpl-b", "choices": [{"routed_experts": "%s"}], \
        "usage": {"prompt_tokens": 7, "completion_tokens": 5}}
        """;
    return Seed.ofLines(lines, bytes(NumpyBytes.U1), TINY);
  }

  /** A response of each route. */
  private static Seed sglang() {
    var lines =
        """
        {"text": "", "meta_info": {"id": "a", "prompt_tokens": 2, "completion_tokens": 3, \
        "routed_experts": "%s"}}
        {"id": "b", "created": 1760000000, "choices": [{"text": ""}], \
        "sglext": {"routed_experts": "%s"}, "usage": {"prompt_tokens": 7, "completion_tokens": 5}}
        """;
    return Seed.ofLines(lines, bytes(NumpyBytes.RAW_I4), TINY);
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
