package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.container.GgufBytes;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Small sound traces of each format. A new format adds its own here. */
final class SeedFiles {

  private static final ReadContext TINY = new ReadContext(Models.TINY, null);
  private static final ReadContext DENSE = new ReadContext(Models.WITH_DENSE_LAYERS, null);

  private static final Map<TraceFormat, List<Seed>> SEEDS = new EnumMap<>(TraceFormat.class);

  static {
    SEEDS.put(TraceFormat.VLLM, List.of(vllm()));
    SEEDS.put(TraceFormat.SGLANG, List.of(sglang()));
    SEEDS.put(TraceFormat.NPZ, List.of(Seed.ofZip(bytes(NumpyBytes.NPZ), DENSE)));
    SEEDS.put(TraceFormat.SGLANG_RECORDER, recorder());
    SEEDS.put(
        TraceFormat.EXPERT_FINGERPRINTING, List.of(text(FingerprintingReaderTest.WHOLE, TINY)));
    SEEDS.put(TraceFormat.JSON_ROWS, List.of(text(jsonRows(), TINY)));
    SEEDS.put(TraceFormat.CSV, List.of(text(listsInFields(), TINY), text(spreadLists(), TINY)));
    SEEDS.put(TraceFormat.PARQUET, ParquetSeeds.all());
    SEEDS.put(TraceFormat.NPY, npy());
    SEEDS.put(TraceFormat.TENSORRT_LLM, trtllm());
    SEEDS.put(
        TraceFormat.IMATRIX,
        List.of(new Seed(bytes(GgufBytes.SMALL), DENSE), new Seed(bytes(GgufBytes.FULL), DENSE)));
    SEEDS.put(TraceFormat.SGLANG_COUNTS, List.of(text(sglangCounts(), TINY)));
    SEEDS.put(TraceFormat.VLLM_LOAD, List.of(text(vllmLoad(), TINY)));
  }

  private SeedFiles() {}

  /** The seeds of a format, which must be there. */
  static List<Seed> of(TraceFormat format) {
    assertThat(SEEDS).as("seeds of format %s in SeedFiles", format.label()).containsKey(format);
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

  private static List<Seed> recorder() {
    var small = new ReadContext(RecorderReaderTest.SMALL, null);
    return List.of(
        Seed.ofZip(bytes(TorchBytes.STAT), small),
        Seed.ofZip(bytes(TorchBytes.PER_TOKEN), small),
        Seed.ofZip(bytes(TorchBytes.MOVED_PER_PASS), DENSE));
  }

  private static String jsonRows() {
    return """
        {"request": "a", "token": 0, "layer": 0, "experts": [3, 2], "phase": "prefill"}
        {"request": "a", "token": 0, "layer": 1, "experts": [1, 0], "phase": 0}
        {"request_id": 7, "position": 5, "layer_id": 0, "topk_ids": [3, 2], "weights": [0.7, 0.3]}
        {"request_id": 7, "position": 5, "layer_id": 1, "topk_ids": [0, 1], "weights": [1, 1e-9]}
        """;
  }

  private static String listsInFields() {
    return """
        request,token,layer,experts,weights,phase
        a,10,0,3 2,0.7 0.3,decode
        a,10,1,"[1, 0]",1;1e-9,1
        "b ""2""\",0,0,0|1,,
        "b ""2""\",0,1,3 1,,
        """;
  }

  private static String spreadLists() {
    return """
        layer,note,weight_1,weight_0,expert_0,expert_1,position,request_id,phase
        0,x,0.25,0.75,3,2,0,a,prefill
        1,,0.5,0.5,1,0,0,a,0
        """;
  }

  private static List<Seed> npy() {
    return List.of(
        new Seed(bytes(NumpyBytes.U1), TINY),
        new Seed(bytes(NpyReaderTest.LOADS_I8), TINY),
        new Seed(bytes(NpyReaderTest.PASSES_F4), TINY));
  }

  private static List<Seed> trtllm() {
    var model = TrtllmReaderTest.MODEL;
    return List.of(
        new Seed(TrtllmReaderTest.RANK, new ReadContext(model, null)),
        text("{\"num_experts\": 4, \"num_experts_per_token\": 2}", new ReadContext(model, null)));
  }

  private static String sglangCounts() {
    return "{\"rank\": 0, \"logical_count\": [[[5, 4, 3, 2], [1, 0, 2.0, 7]],\n"
        + " [[1, 2, 3, 4], [5, 6, 7, 8]]], \"average_utilization_rate_over_window\": null}";
  }

  private static String vllmLoad() {
    return VllmLoadReaderTest.META + "\n" + VllmLoadReaderTest.STATS + "\n";
  }

  private static Seed text(String content, ReadContext context) {
    return new Seed(Fault.utf8(content), context);
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
