package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.Spool;
import coterie.ingest.table.ModelGeometry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/**
 * {@code meta_info.json} of TensorRT-LLM's expert statistics, written by rank 0: {@code
 * {"num_experts": E, "num_experts_per_token": k}}. It has no record.
 *
 * <p>NVIDIA/TensorRT-LLM @ 0fccc5b9, {@code tensorrt_llm/_torch/expert_statistic.py}: {@code
 * num_experts} is the number of slots while the load balancer is on.
 */
record TrtllmMeta(int experts, int topK) {

  private static final String EXPERTS = "num_experts";
  private static final String TOP_K = "num_experts_per_token";

  private static final int MAX_BYTES = 4096;

  /** True if a JSON object has these fields and no others, as models' own files have. */
  static boolean isMeta(Set<String> fields) {
    return fields.equals(Set.of(EXPERTS, TOP_K));
  }

  /** True if content begins like JSON, where safetensors have the length of their header. */
  static boolean begins(Spool file) throws IOException, MalformedException {
    var head = file.read(0, (int) Math.min(Long.BYTES, file.bytes())).array();
    boolean zero = false;
    for (byte b : head) {
      zero |= b == 0;
    }
    return head.length > 0 && !zero && (head[0] == '{' || Character.isWhitespace(head[0]));
  }

  /** Parses the whole file. */
  static TrtllmMeta parse(Spool file) throws IOException, MalformedException {
    MalformedException.unless(
        file.bytes() <= MAX_BYTES,
        "meta_info.json of %d bytes, at most %d are read",
        file.bytes(),
        MAX_BYTES);
    return parse(file.read(0, (int) file.bytes()).array());
  }

  private static TrtllmMeta parse(byte[] file) throws MalformedException {
    try {
      var root = JsonLines.parse(file);
      MalformedException.unless(
          root.path(EXPERTS).canConvertToInt() && root.path(TOP_K).canConvertToInt(),
          "meta_info.json has no numbers %s and %s",
          EXPERTS,
          TOP_K);
      return new TrtllmMeta(root.get(EXPERTS).intValue(), root.get(TOP_K).intValue());
    } catch (IOException notJson) {
      throw new MalformedException("meta_info.json is no JSON");
    }
  }

  /** What a file states about the model; the tensors' files state nothing. */
  static StatedShape stated(InputStream in) {
    try {
      var meta = parse(in.readNBytes(MAX_BYTES));
      return new StatedShape(null, meta.experts, meta.topK);
    } catch (IOException | MalformedException noMeta) {
      // The same file is read again as a trace, and its reader reports what is wrong with it.
      return StatedShape.NONE;
    }
  }

  void requireFit(ModelGeometry model) throws RejectedException {
    if (topK != model.topK()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "meta_info.json states top-%d, model %s has top-%d"
              .formatted(topK, model.name(), model.topK()));
    }
    if (experts != model.experts()) {
      throw slots("meta_info.json states " + experts, model);
    }
  }

  /** Another number than that of the model's experts. */
  static RejectedException slots(String what, ModelGeometry model) {
    return new RejectedException(
        IssueReason.SHAPE,
        ("%s, model %s has %d experts; if it is the right model, these are slots of TensorRT-LLM's"
                + " load balancer, not experts: switch it off for recording")
            .formatted(what, model.name(), model.experts()));
  }
}
