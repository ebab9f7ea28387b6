package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the columns of a CSV file of rows are, by its header. */
final class CsvColumns {

  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final Pattern BRACKETS = Pattern.compile("^\\[|\\]$");
  private static final Pattern SEPARATORS = Pattern.compile("[\\s;|,]+");

  private final Map<String, Integer> places;

  private CsvColumns(Map<String, Integer> places) {
    this.places = places;
  }

  /** The columns of a header; empty if one that must be there is not. */
  static Optional<CsvColumns> of(String[] header) {
    var places = new HashMap<String, Integer>();
    for (int i = 0; i < header.length; i++) {
      if (header[i] != null) {
        places.putIfAbsent(header[i].replace(BYTE_ORDER_MARK, "").strip(), i);
      }
    }
    var columns = new CsvColumns(places);
    boolean experts =
        columns.place(RowFields.EXPERTS).isPresent()
            || places.containsKey(RowFields.EXPERT_COLUMN + 0);
    boolean all =
        Stream.of(RowFields.REQUEST, RowFields.TOKEN, RowFields.LAYER)
            .allMatch(names -> columns.place(names).isPresent());
    return all && experts ? Optional.of(columns) : Optional.empty();
  }

  private Optional<Integer> place(List<String> names) {
    return names.stream().filter(places::containsKey).findFirst().map(places::get);
  }

  /** The text of the column with one of the names, if it has any. */
  Optional<String> text(String[] cells, List<String> names) {
    return place(names).flatMap(place -> cell(cells, place));
  }

  /** The text of a column, null if it has none. */
  String text(String[] cells, String name) {
    return name == null ? null : text(cells, List.of(name)).orElse(null);
  }

  private static Optional<String> cell(String[] cells, int place) {
    return place < cells.length ? Optional.ofNullable(cells[place]) : Optional.empty();
  }

  /** The whole number of a column. */
  long integer(String[] cells, List<String> names) throws MalformedException {
    var text = text(cells, names);
    MalformedException.unless(text.isPresent(), "no %s", names.get(0));
    return integer(text.get(), names.get(0));
  }

  private static long integer(String text, String name) throws MalformedException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException malformed) {
      throw new MalformedException("%s '%s' is no whole number".formatted(name, text));
    }
  }

  int[] experts(String[] cells) throws MalformedException {
    var ids = new ArrayList<Long>();
    for (var text : list(cells, RowFields.EXPERTS, RowFields.EXPERT_COLUMN)) {
      ids.add(integer(text, "expert"));
    }
    return RoutingRow.ids(ids);
  }

  /** The weights; null if the row has none. */
  double[] weights(String[] cells) throws MalformedException {
    var texts = list(cells, RowFields.WEIGHTS, RowFields.WEIGHT_COLUMN);
    var weights = new double[texts.size()];
    for (int i = 0; i < weights.length; i++) {
      try {
        weights[i] = Double.parseDouble(texts.get(i));
      } catch (NumberFormatException malformed) {
        throw new MalformedException("weight '%s' is no number".formatted(texts.get(i)));
      }
    }
    return weights.length == 0 ? null : weights;
  }

  /** The numbers of a list, from its own column or from those it is spread over. */
  private List<String> list(String[] cells, List<String> names, String spread) {
    if (place(names).isPresent()) {
      var text = text(cells, names).orElse("");
      return SEPARATORS
          .splitAsStream(BRACKETS.matcher(text.strip()).replaceAll(""))
          .filter(number -> !number.isEmpty())
          .toList();
    }
    return Stream.iterate(0, i -> places.containsKey(spread + i), i -> i + 1)
        .flatMap(i -> cell(cells, places.get(spread + i)).stream())
        .toList();
  }
}
