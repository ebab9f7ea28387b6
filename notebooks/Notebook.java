package coterie.notebooks;

import coterie.jobs.command.CoterieCommand;
import coterie.jobs.lake.Lake;
import coterie.jobs.text.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.spark.sql.Row;

/**
 * What the notebooks share: the command line of Coterie and queries to the lake, in a Java cell.
 *
 * <p>Every notebook works in the lake {@code COTERIE_LAKE} of its kernel. The first one fills it from
 * the bundled sample, the others use what they find there, or fill it themselves.
 */
public final class Notebook {

  private static final Path LAKE = Path.of(System.getenv("COTERIE_LAKE"));

  // The kernel logs at the finest level, and Spark's code generator then fails over its own messages.
  // References are kept, because loggers are forgotten with their levels otherwise.
  private static final List<Logger> LOGGERS =
      List.of(Logger.getLogger(""), Logger.getLogger("org.codehaus.janino"));

  private static Lake open;

  static {
    LOGGERS.get(0).setLevel(Level.WARNING);
    LOGGERS.get(1).setLevel(Level.OFF);
  }

  private Notebook() {}

  /** Removes the lake of the notebooks. */
  public static void emptyLake() throws IOException {
    close();
    if (Files.exists(LAKE)) {
      try (var files = Files.walk(LAKE)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Makes sure that the lake holds the two days of the sample, as the first notebook makes it. */
  public static void sampleLake() {
    if (filled()) {
      return;
    }
    for (var day : List.of("monday ../data/sample/2026-01-05", "tuesday ../data/sample/2026-01-06")) {
      coterie(
          "ingest --quiet --model synthetic --model-file ../data/sample/model.json --dataset %s.jsonl.gz"
              .formatted(day));
    }
    coterie("analyze --quiet");
  }

  private static boolean filled() {
    return Files.exists(LAKE.resolve("catalog.db"))
        && rows("SELECT DISTINCT dataset FROM expert_load WHERE dataset IN ('monday', 'tuesday')")
                .size()
            == 2;
  }

  /**
   * Runs one command, as a shell would run {@code coterie} with the same words.
   *
   * @param commandLine words without spaces, separated by spaces; {@code \} may end a line
   * @throws IllegalStateException with what the command said, if its exit code is not 0
   */
  public static void coterie(String commandLine) {
    close();
    var words = commandLine.replace("\\\n", " ").strip().split("\\s+");
    var said = new ByteArrayOutputStream();
    var err = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    int code;
    try {
      code = CoterieCommand.run(words);
    } finally {
      System.setErr(err);
    }
    var lines = said.toString(StandardCharsets.UTF_8).lines();
    if (code != 0) {
      throw new IllegalStateException(
          "coterie %s: exit code %d%n%s"
              .formatted(words[0], code, String.join("\n", lines.toList())));
    }
    lines.filter(line -> line.startsWith("warning")).forEach(System.out::println);
  }

  /** Runs one command without showing what it prints, where a cell further down asks the lake. */
  public static void silently(String commandLine) {
    var out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      coterie(commandLine);
    } finally {
      System.setOut(out);
    }
  }

  /** Prints the answer to a query, as {@code coterie sql} would. */
  public static void sql(String query) {
    var answer = spark().sql(query);
    var table = new Answer(answer.schema(), Answer.Format.TABLE, System.out);
    answer.collectAsList().forEach(table::add);
    table.end();
  }

  /** The rows of an answer. */
  public static List<Row> rows(String query) {
    return spark().sql(query).collectAsList();
  }

  /** One column of an answer, as numbers. */
  public static double[] numbers(List<Row> rows, String column) {
    return rows.stream()
        .mapToDouble(row -> ((Number) row.getAs(column)).doubleValue())
        .toArray();
  }

  /** A session on the lake; the next command closes it. */
  public static org.apache.spark.sql.SparkSession spark() {
    if (open == null) {
      open = Lake.open(LAKE.toString(), Optional.empty(), List.of());
    }
    return open.spark();
  }

  private static void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  /** The beginning of each line, and how much was left out. */
  public static String shortened(String text, int characters) {
    return Arrays.stream(text.split("\n", -1))
        .map(
            line ->
                line.length() <= characters
                    ? line
                    : line.substring(0, characters)
                        + "... (%,d more characters)".formatted(line.length() - characters))
        .reduce((a, b) -> a + "\n" + b)
        .orElse("");
  }
}
