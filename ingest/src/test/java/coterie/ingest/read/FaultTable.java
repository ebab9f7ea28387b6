package coterie.ingest.read;

import java.util.List;
import java.util.function.UnaryOperator;

/** Faults of text formats, one a line: {@code name | broken line | what the reader says of it}. */
final class FaultTable {

  private static final String BAR = " | ";

  private FaultTable() {}

  /**
   * Each broken line between two sound ones.
   *
   * @param line what the middle column stands for
   */
  static List<Fault> of(
      TraceFormat format, String sound, UnaryOperator<String> line, String table) {
    return table.lines().map(row -> fault(format, sound, line, row)).toList();
  }

  private static Fault fault(
      TraceFormat format, String sound, UnaryOperator<String> line, String row) {
    int first = row.indexOf(BAR);
    int last = row.lastIndexOf(BAR);
    var broken = line.apply(row.substring(first + BAR.length(), last));
    return Fault.between(
        format,
        row.substring(0, first),
        Fault.utf8(broken),
        sound,
        "2: " + row.substring(last + BAR.length()));
  }
}
