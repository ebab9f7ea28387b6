package coterie.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;

/** Numbers and lists as JSON, no longer than a chart can show. */
final class Figures {

  private static final MathContext DIGITS = new MathContext(6);

  private Figures() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** Six digits; null if it is no number. */
  static ValueNode of(double value) {
    if (!Double.isFinite(value)) {
      return NullNode.instance;
    }
    double rounded = new BigDecimal(value).round(DIGITS).doubleValue();
    return rounded == Math.rint(rounded) && Math.abs(rounded) < 1e15
        ? JsonNodeFactory.instance.numberNode(Math.round(rounded))
        : JsonNodeFactory.instance.numberNode(rounded);
  }

  static ArrayNode of(double... values) {
    var list = array();
    for (double value : values) {
      list.add(of(value));
    }
    return list;
  }

  static ArrayNode of(int... values) {
    var list = array();
    for (int value : values) {
      list.add(value);
    }
    return list;
  }

  static ArrayNode integers(Collection<Integer> values) {
    var list = array();
    values.forEach(list::add);
    return list;
  }

  static ArrayNode texts(Collection<String> values) {
    var list = array();
    values.forEach(list::add);
    return list;
  }
}
