package coterie.jobs.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A table in plain text: numbers to the right, words to the left, a rule under the head. */
public final class TextTable {

  private static final String GAP = "  ";

  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... head) {
    this.head = List.of(head);
  }

  /** Adds a row with a cell for each column. */
  public TextTable row(String... cells) {
    if (cells.length != head.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + head.size() + " columns: " + Arrays.toString(cells));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Adds an empty line. */
  public TextTable gap() {
    rows.add(List.of());
    return this;
  }

  /** The table, each line ended. */
  public String render() {
    var widths = new int[head.size()];
    var numeric = new boolean[head.size()];
    for (int column = 0; column < widths.length; column++) {
      int c = column;
      var cells = rows.stream().filter(row -> !row.isEmpty()).map(row -> row.get(c)).toList();
      widths[column] =
          Math.max(
              width(head.get(column)), cells.stream().mapToInt(TextTable::width).max().orElse(0));
      numeric[column] = !cells.isEmpty() && cells.stream().allMatch(TextTable::isNumber);
    }
    var text = new StringBuilder();
    text.append(line(head, widths, numeric)).append('\n');
    text.append("-".repeat(Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1)));
    text.append('\n');
    for (var row : rows) {
      text.append(row.isEmpty() ? "" : line(row, widths, numeric)).append('\n');
    }
    return text.toString();
  }

  private static String line(List<String> cells, int[] widths, boolean[] numeric) {
    var padded = new ArrayList<String>();
    for (int column = 0; column < cells.size(); column++) {
      var cell = cells.get(column);
      var space = " ".repeat(widths[column] - width(cell));
      padded.add(numeric[column] ? space + cell : cell + space);
    }
    return padded.stream().collect(Collectors.joining(GAP)).stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  private static boolean isNumber(String cell) {
    return cell.isEmpty() || cell.equals("-") || cell.matches("[+-]?[0-9].*");
  }
}
