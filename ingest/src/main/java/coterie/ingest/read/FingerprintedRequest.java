package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import coterie.ingest.container.MalformedException;
import coterie.ingest.table.RoutingTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One request of a {@link FingerprintingReader}, read value by value. Whatever else stands where a
 * value is expected is passed over or rejected, without leaving the structure of the file.
 */
final class FingerprintedRequest {

  private static final String TOKEN = "token_";
  private static final String LAYER = "layer_";
  private static final int MAX_TEXT = 1_000;

  private final ReadContext context;
  private final long number;
  private final int maxRows;
  private final Consumer<TraceRecord> rejected;
  private final Map<String, String> texts = new HashMap<>();
  private final List<RoutingRow> rows = new ArrayList<>();
  private int read;
  private boolean tooLarge;
  private boolean routed;

  FingerprintedRequest(
      ReadContext context, long number, int maxRows, Consumer<TraceRecord> rejected) {
    this.context = context;
    this.number = number;
    this.maxRows = maxRows;
    this.rejected = rejected;
  }

  boolean hasRows() {
    return !rows.isEmpty();
  }

  /** Reads the fields of an object behind its opening brace. */
  void read(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var field = parser.currentName();
      var value = parser.nextToken();
      if (field.equals("router_data") && value == JsonToken.START_ARRAY) {
        routed = true;
        readTokens(parser);
      } else if (value.isScalarValue() && isKept(field)) {
        texts.put(field, bounded(parser.getText()));
      } else {
        parser.skipChildren();
      }
    }
  }

  private boolean isKept(String field) {
    return List.of("dataset", "category", "row_index").contains(field)
        || field.equals(context.workloadField());
  }

  private static String bounded(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }

  private void readTokens(JsonParser parser) throws IOException {
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      if (token == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          readLayers(parser, parser.currentName());
        }
      } else {
        reject(IssueReason.MALFORMED, "an element of router_data is no object");
        parser.skipChildren();
      }
    }
  }

  private void readLayers(JsonParser parser, String token) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      reject(IssueReason.MALFORMED, token + " is no object");
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var layer = parser.currentName();
      parser.nextToken();
      var selected = Selected.read(parser);
      try {
        add(token, layer, selected);
      } catch (MalformedException malformed) {
        reject(IssueReason.MALFORMED, token + " " + layer + ": " + malformed.getMessage());
      } catch (RejectedException misfit) {
        reject(misfit.reason(), token + " " + layer + ": " + misfit.getMessage());
      }
    }
  }

  private void add(String token, String layer, Selected selected)
      throws MalformedException, RejectedException {
    var row =
        RoutingRow.of(
            context.model(),
            index(token, TOKEN),
            index(layer, LAYER),
            RoutingTable.DECODE,
            RoutingRow.ids(selected.experts()),
            selected.probs());
    if (row.isPresent() && grow()) {
      rows.add(row.get());
    }
  }

  /** True unless rows and rejections have come to the bound. */
  private boolean grow() {
    tooLarge |= read == maxRows;
    read += tooLarge ? 0 : 1;
    return !tooLarge;
  }

  private static long index(String name, String prefix) throws MalformedException {
    try {
      MalformedException.unless(name.startsWith(prefix), "name is not %s<n>", prefix);
      return Long.parseLong(name.substring(prefix.length()));
    } catch (NumberFormatException noNumber) {
      throw new MalformedException("name is not " + prefix + "<n>");
    }
  }

  private void reject(IssueReason reason, String detail) {
    if (grow()) {
      rejected.accept(new TraceRecord.Rejected(number, reason, detail));
    }
  }

  /** What was read. */
  TraceRecord record() {
    if (!routed) {
      return new TraceRecord.Rejected(number, IssueReason.NO_ROUTING, "no list router_data");
    }
    if (tooLarge) {
      return new TraceRecord.Rejected(
          number,
          IssueReason.TOO_LARGE,
          "more than %d pairs of token and layer".formatted(maxRows));
    }
    var category = texts.get("category");
    var workload = context.workloadField() == null ? category : texts.get(context.workloadField());
    boolean named = texts.keySet().containsAll(List.of("dataset", "category", "row_index"));
    var id = named ? texts.get("dataset") + "/" + category + "/" + texts.get("row_index") : null;
    return TokenRows.record(number, RunOrigin.request(id, workload, null), rows, context);
  }
}
