package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import coterie.ingest.container.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What one layer of a {@link FingerprintedRequest} selected for one token. */
final class Selected {

  /** No model activates nearly as many experts; what is longer is cut, and then has no place. */
  private static final int MAX_NUMBERS = 1 << 16;

  private List<Double> experts;
  private List<Double> probs;
  private String problem;

  private Selected() {}

  /** Reads the value that the parser is at, to its end, whatever it is. */
  static Selected read(JsonParser parser) throws IOException {
    var selected = new Selected();
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "selected_experts" -> selected.experts = selected.numbers(parser);
          case "selected_probs" -> selected.probs = selected.numbers(parser);
          default -> parser.skipChildren();
        }
      }
    } else {
      parser.skipChildren();
    }
    return selected;
  }

  /** The numbers of an array; of anything else none, and it is noted. */
  private List<Double> numbers(JsonParser parser) throws IOException {
    boolean sound = parser.currentToken() == JsonToken.START_ARRAY;
    var name = parser.currentName();
    var numbers = new ArrayList<Double>();
    if (!sound) {
      parser.skipChildren();
    } else {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        sound &= parser.currentToken().isNumeric() && numbers.size() < MAX_NUMBERS;
        if (sound) {
          numbers.add(parser.getDoubleValue());
        } else {
          parser.skipChildren();
        }
      }
    }
    problem = sound ? problem : name + " is no list of at most %d numbers".formatted(MAX_NUMBERS);
    return numbers;
  }

  List<Long> experts() throws MalformedException {
    MalformedException.unless(problem == null, "%s", problem);
    MalformedException.unless(experts != null, "no selected_experts");
    MalformedException.unless(
        experts.stream().allMatch(id -> id == Math.rint(id)), "an expert that is no whole number");
    return experts.stream().map(Double::longValue).toList();
  }

  /** Null if there are none. */
  double[] probs() {
    return probs == null ? null : probs.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
