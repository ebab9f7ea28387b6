package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.text.TextTable;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.AnalysisException;
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
      "Tables: routing, pass_load, model, source, issue, expert_load, coactivation, expert_set,",
      "plan, plan_layer, replay.",
      "",
      "Example:",
      "  coterie sql --lake lake \"SELECT layer, a, b, tokens FROM coactivation",
      "    ORDER BY tokens DESC LIMIT 10\""
    })
final class SqlCommand implements Callable<Integer> {

  private static final int CELL_CHARACTERS = 60;

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Rows printed at most (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Parameters(paramLabel = "QUERY", description = "The query.")
  private String query;

  @Override
  public Integer call() {
    Checks.atLeast("--rows", rows, 1);
    try (OpenLake lake = lakeOptions.open()) {
      lake.spark().sparkContext().setJobDescription("query");
      var answer = ask(lake.spark());
      var found = answer.takeAsList(rows + 1);
      lake.clearProgress();
      print(answer, found);
    }
    return 0;
  }

  private Dataset<Row> ask(SparkSession spark) {
    try {
      return spark.sql(query);
    } catch (Exception failure) {
      // Spark's Scala methods throw checked exceptions that they do not declare.
      if (failure instanceof AnalysisException wrong) {
        throw UserError.usage(
            "cannot run the query: " + firstLine(wrong.getMessage()),
            "coterie sql --help names the tables; DESCRIBE table names its columns");
      }
      throw failure;
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }

  private void print(Dataset<Row> answer, List<Row> found) {
    if (answer.columns().length == 0) {
      return;
    }
    var table = new TextTable(answer.columns());
    found.stream().limit(rows).forEach(row -> table.row(cells(row)));
    System.out.print(table.render());
    if (found.size() > rows) {
      System.err.printf("only the first %,d rows; --rows N prints more%n", rows);
    }
  }

  private static String[] cells(Row row) {
    return IntStream.range(0, row.length()).mapToObj(i -> cell(row.get(i))).toArray(String[]::new);
  }

  private static String cell(Object value) {
    String text;
    if (value == null) {
      text = "null";
    } else if (value instanceof byte[] bytes) {
      text = "%,d bytes".formatted(bytes.length);
    } else if (value instanceof scala.collection.Iterable<?> list) {
      text =
          scala.jdk.javaapi.CollectionConverters.asJava(list.toSeq()).stream()
              .map(SqlCommand::cell)
              .collect(Collectors.joining(", ", "[", "]"));
    } else {
      text = Arrays.asList(value.toString().split("\\R")).stream().collect(Collectors.joining(" "));
    }
    return text.length() <= CELL_CHARACTERS ? text : text.substring(0, CELL_CHARACTERS - 1) + "…";
  }
}
