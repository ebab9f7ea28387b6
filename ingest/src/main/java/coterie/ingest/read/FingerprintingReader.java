package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import coterie.ingest.container.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * Examples as the expert fingerprinting of gpt-oss keeps them: one request a file, {@code
 * router_data} a list of
 *
 * <pre>
 *   {"token_136": {"layer_0": {"selected_experts": [31, ...], "selected_probs": [0.52, ...]}, ...}}
 * </pre>
 *
 * <p>AmanPriyanshu/GPT-OSS-MoE-ExpertFingerprinting @ 72b368f6, {@code data/}; recorded by {@code
 * expert_recorder.py} with a hook on each layer's router. The number of a token is its position in
 * the request: the hook numbers the prompt's tokens wrongly and drops them, and comes out at prompt
 * length + i for the i-th decoded one. So all tokens are decode. {@code layer_l} is a hidden-layer
 * id, {@code selected_probs} the softmax over the logits of the selected experts, in bf16.
 *
 * <p>The request's id is {@code dataset/category/row_index}, its workload the category, unless the
 * user names another field of the outermost level. Read as a stream; one request is held in memory.
 */
final class FingerprintingReader implements TraceReader {

  private static final int MAX_DEPTH = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          // Names are as many as tokens, and are not worth a table.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final InputStream in;
  private final ReadContext context;
  private final int maxRows;
  private final Queue<TraceRecord> ready = new ArrayDeque<>();
  private JsonParser parser;
  private long number;
  private boolean ended;

  FingerprintingReader(InputStream in, ReadContext context) {
    this(in, context, RequestRows.MAX_ROWS);
  }

  FingerprintingReader(InputStream in, ReadContext context, int maxRows) {
    this.in = in;
    this.context = context;
    this.maxRows = maxRows;
  }

  /** True if text begins like such a file. */
  static boolean begins(String text) {
    boolean example = text.contains("\"row_index\":") && text.contains("\"original_prompt\":");
    return text.stripLeading().startsWith("{") && (example || text.contains("\"router_data\":"));
  }

  @Override
  public Optional<TraceRecord> next() {
    while (ready.isEmpty() && !ended) {
      readRequest();
    }
    return Optional.ofNullable(ready.poll());
  }

  /** Reads one object of the outermost level; what was gathered when it breaks off is kept. */
  private void readRequest() {
    number++;
    var request = new FingerprintedRequest(context, number, maxRows, ready::add);
    try {
      if (parser == null) {
        parser = JSON.createParser(in);
      }
      var token = parser.nextToken();
      if (token == null) {
        ended = true;
        return;
      }
      MalformedException.unless(token == JsonToken.START_OBJECT, "not a JSON object");
      request.read(parser);
      ready.add(request.record());
    } catch (MalformedException malformed) {
      ended = true;
      reject(IssueReason.MALFORMED, malformed.getMessage());
    } catch (JsonProcessingException broken) {
      breakOff(request, broken.getOriginalMessage());
    } catch (IOException failure) {
      breakOff(request, String.valueOf(failure.getMessage()));
    }
  }

  private void breakOff(FingerprintedRequest request, String detail) {
    ended = true;
    if (request.hasRows()) {
      ready.add(request.record());
    }
    reject(IssueReason.UNREADABLE, detail);
  }

  private void reject(IssueReason reason, String detail) {
    ready.add(new TraceRecord.Rejected(number, reason, detail));
  }
}
