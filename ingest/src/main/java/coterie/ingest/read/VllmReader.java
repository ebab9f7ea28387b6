package coterie.ingest.read;

import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * vLLM responses (completions and chat), one a line: {@code choices[i].routed_experts} is a whole
 * {@code .npy} file in base64, {@code [tokens, layers, top-k]} of uint8 or uint16.
 *
 * <p>vllm-project/vllm @ 0231dd54, {@code entrypoints/openai}. The prefixes that the server puts in
 * front of the caller's id ({@code cmpl-}, {@code chatcmpl-}) are removed. Choices after the first
 * get {@code #1}, {@code #2}, ... behind the id; their prompt was forwarded once for all choices,
 * so only the first choice keeps it.
 */
final class VllmReader extends JsonLines {

  private static final Pattern ENGINE_PREFIX = Pattern.compile("^(chat)?cmpl-");

  private final ReadContext context;
  private final ResponseRouting routing;

  VllmReader(InputStream in, ReadContext context) {
    super(in);
    this.context = context;
    this.routing = new ResponseRouting(context);
  }

  @Override
  void read(JsonNode root) throws MalformedException {
    var choices = root.path("choices");
    MalformedException.unless(choices.isArray() && !choices.isEmpty(), "no choices");
    var arrays = new ArrayList<IdArray>();
    for (int i = 0; i < choices.size(); i++) {
      var encoded = choices.get(i).get("routed_experts");
      if (encoded == null || encoded.isNull()) {
        reject(IssueReason.NO_ROUTING, "choices[%d] has no routed_experts".formatted(i));
        return;
      }
      arrays.add(IdArray.of(NpyArray.parse(base64(encoded))));
    }
    var usage = root.path("usage");
    var prompt = tokens(usage, "prompt_tokens");
    var completion = tokens(usage, "completion_tokens");
    var arrival = arrival(root);
    for (int i = 0; i < arrays.size(); i++) {
      var origin =
          RunOrigin.request(requestId(root, i), field(root, context.workloadField()), arrival);
      try {
        var runs =
            prompt.isEmpty() || completion.isEmpty()
                ? routing.uncounted(origin, arrays.get(i))
                : counted(origin, arrays, i, prompt.getAsInt(), completion.getAsInt());
        accept(new TraceRecord.Routed(number(), runs));
      } catch (RejectedException rejected) {
        reject(rejected.reason(), rejected.getMessage());
      }
    }
  }

  /**
   * The runs of one choice. {@code usage} counts the completions of all choices together, and the
   * prompt rows are the same in each: {@code rows = choices * prompt rows + completion - choices}.
   */
  private List<RoutedRun> counted(
      RunOrigin origin, List<IdArray> arrays, int index, int prompt, int completion)
      throws RejectedException {
    int choices = arrays.size();
    long rows = arrays.stream().mapToLong(IdArray::rows).sum();
    long promptRows = rows + choices - completion;
    if (promptRows % choices != 0) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d rows of %d choices do not fit completion_tokens %d"
              .formatted(rows, choices, completion));
    }
    return routing.runs(origin, arrays.get(index), prompt, promptRows / choices, index == 0);
  }

  private static String requestId(JsonNode root, int index) {
    var id = root.get("id");
    if (id == null || !id.isTextual()) {
      return null;
    }
    var own = ENGINE_PREFIX.matcher(id.textValue()).replaceFirst("");
    return index == 0 ? own : own + "#" + index;
  }
}
