package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.text.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coterie sql}. */
@Command(
    name = "sql",
    description = "Ask the lake a question in Spark SQL.",
    footer = {
      "",
      "SHOW TABLES and SHOW VIEWS list what there is, DESCRIBE TABLE name says what its columns",
      "mean. SELECT * FROM unpack_routing() shows the facts, one row per token and layer.",
      "jobs/docs/sql.md has ten questions with their answers.",
      "",
      "Example:",
      "  coterie sql --lake lake \"SELECT layer, a, b, lift FROM coactivation_total",
      "    WHERE tokens >= 100 ORDER BY lift DESC LIMIT 10\""
    })
final class SqlCommand implements Callable<Integer> {

  private static final int ROWS_OF_A_TABLE = 1000;
  private static final String STANDARD_INPUT = "-";

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "File with the query; - is standard input.")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = "table",
      description = "table, csv, or json: an object a line (default: ${DEFAULT-VALUE}).")
  private String format;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows printed at most (default: 1000 of a table, else all).")
  private Optional<Integer> rows = Optional.empty();

  @Option(names = "--explain", description = "Print how Spark would run it, and do not run it.")
  private boolean explain;

  @Parameters(
      paramLabel = "QUERY",
      arity = "0..1",
      description = "The query (default: standard input).")
  private Optional<String> query = Optional.empty();

  @Override
  public Integer call() {
    var kind = Answer.Format.find(format).orElseThrow(this::unknownFormat);
    rows.ifPresent(limit -> Checks.atLeast("--rows", limit, 1));
    var text = text();
    try (OpenLake lake = lakeOptions.open()) {
      lake.spark().sparkContext().setJobDescription("query");
      try {
        run(lake, text, kind);
      } catch (Exception failure) {
        // Spark's Scala methods throw checked exceptions that they do not declare.
        throw SqlErrors.explain(failure, text, names(lake.spark()));
      }
    }
    return 0;
  }

  private UserError unknownFormat() {
    return UserError.usage("unknown --format '%s'".formatted(format), "one of: table, csv, json");
  }

  private void run(OpenLake lake, String text, Answer.Format kind) {
    var answer = lake.spark().sql(text);
    if (explain) {
      var plan = answer.queryExecution().explainString(formatted());
      lake.clearProgress();
      System.out.println(plan.strip());
      return;
    }
    if (answer.columns().length > 0) {
      int limit =
          rows.orElse(kind == Answer.Format.TABLE ? ROWS_OF_A_TABLE : Integer.MAX_VALUE - 1);
      boolean more = print(lake, answer, kind, limit);
      if (more) {
        System.err.printf("only the first %,d rows; --rows N prints more%n", limit);
      }
    }
  }

  private static org.apache.spark.sql.execution.ExplainMode formatted() {
    return org.apache.spark.sql.execution.ExplainMode.fromString("formatted");
  }

  private static boolean print(OpenLake lake, Dataset<Row> answer, Answer.Format kind, int limit) {
    var printed = new Answer(answer.schema(), kind, System.out);
    if (kind == Answer.Format.TABLE) {
      var found = answer.takeAsList(limit + 1);
      lake.clearProgress();
      found.stream().limit(limit).forEach(printed::add);
      printed.end();
      return found.size() > limit;
    }
    var found = answer.toLocalIterator();
    boolean more = found.hasNext();
    lake.clearProgress();
    for (int row = 0; row < limit && more; row++) {
      printed.add(found.next());
      more = found.hasNext();
    }
    printed.end();
    return more;
  }

  private String text() {
    if (query.isPresent() && file.isPresent()) {
      throw UserError.usage("a query and --file are given", "give one of the two");
    }
    var text = query.orElseGet(() -> read(file.orElse(STANDARD_INPUT))).strip();
    while (text.endsWith(";")) {
      text = text.substring(0, text.length() - 1).strip();
    }
    if (text.isEmpty()) {
      throw UserError.usage(
          "the query is empty", "give it as argument, with --file FILE, or on standard input");
    }
    return text;
  }

  private static String read(String from) {
    try {
      return from.equals(STANDARD_INPUT)
          ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(from));
    } catch (IOException failure) {
      throw UserError.usage(
          "cannot read the query from '%s': %s".formatted(from, failure.getClass().getSimpleName()),
          "give a text file in UTF-8");
    }
  }

  /** Tables and views, for advice. */
  private static List<String> names(SparkSession spark) {
    return Arrays.stream(new String[] {"SHOW TABLES", "SHOW VIEWS"})
        .flatMap(show -> spark.sql(show).collectAsList().stream())
        .map(row -> row.getString(1))
        .distinct()
        .sorted()
        .toList();
  }
}
