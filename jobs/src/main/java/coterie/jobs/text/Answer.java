package coterie.jobs.text;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** Prints the rows of an answer. */
public final class Answer {

  /** How. */
  public enum Format {
    /** Columns for people; long cells are cut. */
    TABLE,
    /** RFC 4180 with a header; null is empty, nested values are JSON. */
    CSV,
    /** An object a line. */
    JSON;

    /** The format of a name. */
    public static Optional<Format> find(String name) {
      return Arrays.stream(values())
          .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst();
    }
  }

  private static final int CELL_CHARACTERS = 60;

  private final StructType schema;
  private final Format format;
  private final PrintStream out;
  private final TextTable table;

  public Answer(StructType schema, Format format, PrintStream out) {
    this.schema = schema;
    this.format = format;
    this.out = out;
    this.table = new TextTable(schema.fieldNames());
    if (format == Format.CSV) {
      out.println(
          Arrays.stream(schema.fieldNames()).map(Answer::quoted).collect(Collectors.joining(",")));
    }
  }

  /** Prints a row; of a table when it ends. */
  public void add(Row row) {
    switch (format) {
      case TABLE ->
          table.row(
              IntStream.range(0, row.length())
                  .mapToObj(i -> cell(row.get(i)))
                  .toArray(String[]::new));
      case CSV ->
          out.println(
              IntStream.range(0, row.length())
                  .mapToObj(i -> csv(row.get(i)))
                  .collect(Collectors.joining(",")));
      case JSON -> out.println(JsonText.of(row, schema));
    }
  }

  /** Call after the last row. */
  public void end() {
    if (format == Format.TABLE) {
      out.print(table.render());
    }
  }

  private static String csv(Object value) {
    if (value == null) {
      return "";
    }
    boolean nested = value instanceof Row || value instanceof scala.collection.Iterable<?>;
    return quoted(nested || value instanceof byte[] ? JsonText.of(value) : value.toString());
  }

  private static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static String cell(Object value) {
    String text;
    if (value == null) {
      text = "null";
    } else if (value instanceof byte[] bytes) {
      text = "%,d bytes".formatted(bytes.length);
    } else if (value instanceof scala.collection.Iterable<?> list) {
      text =
          CollectionConverters.asJava(list.toSeq()).stream()
              .map(Answer::cell)
              .collect(Collectors.joining(", ", "[", "]"));
    } else {
      text = Arrays.stream(value.toString().split("\\R")).collect(Collectors.joining(" "));
    }
    return text.length() <= CELL_CHARACTERS ? text : text.substring(0, CELL_CHARACTERS - 1) + "…";
  }
}
