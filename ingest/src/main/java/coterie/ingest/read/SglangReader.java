package coterie.ingest.read;

import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.container.ElementType;
import coterie.ingest.container.MalformedException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * SGLang responses, one a line: raw int32 in base64, {@code [tokens, hidden layers, top-k]} without
 * a shape, in {@code meta_info.routed_experts} of {@code /generate} and in {@code
 * sglext.routed_experts} of the OpenAI routes.
 *
 * <p>sgl-project/sglang @ 8905cbd4, {@code state_capturer/routed_experts.py}. Ids are logical.
 */
final class SglangReader extends JsonLines {

  private final ReadContext context;
  private final ResponseRouting routing;

  SglangReader(InputStream in, ReadContext context) {
    super(in);
    this.context = context;
    this.routing = new ResponseRouting(context);
  }

  @Override
  void read(JsonNode root) throws MalformedException {
    var meta = root.path("meta_info");
    boolean ownRoute = meta.isObject();
    var encoded = (ownRoute ? meta : root.path("sglext")).get("routed_experts");
    if (encoded == null || encoded.isNull()) {
      reject(
          IssueReason.NO_ROUTING,
          "no routed_experts in " + (ownRoute ? "meta_info" : "meta_info or sglext"));
      return;
    }
    var counts = ownRoute ? meta : root.path("usage");
    var id = (ownRoute ? meta : root).path("id");
    try {
      var origin =
          RunOrigin.request(
              id.isTextual() ? id.textValue() : null,
              field(root, context.workloadField()),
              arrival(root));
      var runs = runs(origin, ids(encoded), counts);
      accept(new TraceRecord.Routed(number(), runs));
    } catch (RejectedException rejected) {
      reject(rejected.reason(), rejected.getMessage());
    }
  }

  private List<RoutedRun> runs(RunOrigin origin, IdArray ids, JsonNode counts)
      throws RejectedException, MalformedException {
    var prompt = tokens(counts, "prompt_tokens");
    var completion = tokens(counts, "completion_tokens");
    return prompt.isEmpty() || completion.isEmpty()
        ? routing.uncounted(origin, ids)
        : routing.runs(
            origin, ids, prompt.getAsInt(), ids.rows() + 1L - completion.getAsInt(), true);
  }

  private IdArray ids(JsonNode encoded) throws MalformedException, RejectedException {
    var bytes = base64(encoded);
    var model = context.model();
    int rowBytes = model.hiddenLayers() * model.topK() * Integer.BYTES;
    if (bytes.length % rowBytes != 0) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d bytes are no multiple of %d layers x top-%d x 4, the shape of model %s"
              .formatted(bytes.length, model.hiddenLayers(), model.topK(), model.name()));
    }
    return new IdArray(
        ByteBuffer.wrap(bytes),
        ElementType.I4,
        bytes.length / rowBytes,
        model.hiddenLayers(),
        model.topK());
  }
}
