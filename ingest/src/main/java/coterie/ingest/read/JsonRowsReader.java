package coterie.ingest.read;

import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.container.LineReader;
import coterie.ingest.container.MalformedException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Rows of one token in one layer, each a JSON object on a line, for sources that have no format of
 * their own:
 *
 * <pre>
 *   {"request": "r", "token": 0, "layer": 3, "experts": [5, 1], "weights": [0.7, 0.3],
 *    "phase": "decode"}
 * </pre>
 *
 * <p>{@link RowFields} has the other names of the fields; weights and phase may be left out. Order
 * of rows: see {@link RequestRows}; numbers of layers: see {@link RoutingRow}. A row that cannot be
 * used is rejected by its line, and its token, which then lacks a layer, as a whole. A record's
 * number is the line on which its request begins.
 */
final class JsonRowsReader extends JsonLines {

  private final ReadContext context;
  private final RequestRows requests;

  JsonRowsReader(InputStream in, ReadContext context) {
    this(new LineReader(in), new RequestRows(context), context);
  }

  JsonRowsReader(LineReader lines, RequestRows requests, ReadContext context) {
    super(lines);
    this.context = context;
    this.requests = requests;
  }

  /** True if an object has the fields that a row must have. */
  static boolean isRow(JsonNode object) {
    return List.of(RowFields.REQUEST, RowFields.TOKEN, RowFields.LAYER, RowFields.EXPERTS).stream()
        .allMatch(names -> names.stream().anyMatch(object::has));
  }

  @Override
  void read(JsonNode root) throws MalformedException {
    var request = find(root, RowFields.REQUEST);
    MalformedException.unless(
        request.isTextual() || request.isIntegralNumber(), "no request, or no text or number");
    requests
        .turnTo(request.asText(), field(root, context.workloadField()), number())
        .ifPresent(this::accept);
    try {
      RoutingRow.of(
              context.model(),
              integer(root, RowFields.TOKEN),
              integer(root, RowFields.LAYER),
              phase(root),
              experts(root),
              weights(root))
          .ifPresent(requests::add);
    } catch (RejectedException rejected) {
      reject(rejected.reason(), rejected.getMessage());
    }
  }

  @Override
  void finish() {
    requests.finish().ifPresent(this::accept);
  }

  private static JsonNode find(JsonNode root, List<String> names) {
    var name = names.stream().filter(root::has).findFirst().orElse(names.get(0));
    return root.path(name);
  }

  private static long integer(JsonNode root, List<String> names) throws MalformedException {
    var value = find(root, names);
    MalformedException.unless(
        value.isIntegralNumber() && value.canConvertToLong(),
        "no %s, or no whole number",
        names.get(0));
    return value.longValue();
  }

  private static String phase(JsonNode root) throws MalformedException {
    var value = find(root, RowFields.PHASE);
    return value.isMissingNode() || value.isNull() ? null : RoutingRow.phase(value.asText());
  }

  private static int[] experts(JsonNode root) throws MalformedException {
    return RoutingRow.ids(
        list(root, RowFields.EXPERTS, JsonNode::isIntegralNumber).stream()
            .map(id -> id.canConvertToLong() ? id.longValue() : -1)
            .toList());
  }

  private static double[] weights(JsonNode root) throws MalformedException {
    var value = find(root, RowFields.WEIGHTS);
    return value.isMissingNode() || value.isNull()
        ? null
        : list(root, RowFields.WEIGHTS, JsonNode::isNumber).stream()
            .mapToDouble(JsonNode::doubleValue)
            .toArray();
  }

  private static List<JsonNode> list(JsonNode root, List<String> names, Predicate<JsonNode> each)
      throws MalformedException {
    var values = new ArrayList<JsonNode>();
    var array = find(root, names);
    array.forEach(values::add);
    MalformedException.unless(
        array.isArray() && values.stream().allMatch(each),
        "no %s, or no list of numbers",
        names.get(0));
    return values;
  }
}
