package coterie.jobs.command;

import coterie.ingest.error.UserError;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;

/** What is wrong with a query, in two lines. */
final class SqlErrors {

  /** Spark's conditions, its states and the clauses that repeat them. */
  private static final Pattern CONDITION = Pattern.compile("^\\[[A-Z0-9_.]+] ");

  private static final Pattern STATE = Pattern.compile(" SQLSTATE: \\w{5}");
  private static final Pattern PLACE = Pattern.compile("[;(] ?line (\\d+),? pos (\\d+)[;)]?");
  private static final Pattern RELATION = Pattern.compile("table or view ((`[^`]*`\\.?)+)");

  /** Names that differ by more of their characters than this share are no suggestion. */
  private static final double ALIKE = 0.4;

  private SqlErrors() {}

  /**
   * The user's error that a failure is; the failure itself if Spark does not say that it is one.
   *
   * @param names of tables and views
   */
  static RuntimeException explain(Exception failure, String query, List<String> names) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SparkThrowable known && known.getCondition() != null) {
        return UserError.usage(
            "cannot run the query: " + problem(cause.getMessage()),
            advice(known, cause, query, names));
      }
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }

  private static String problem(String message) {
    var line = message.strip().lines().findFirst().orElse(message);
    line = CONDITION.matcher(line).replaceFirst("");
    line = STATE.matcher(line).replaceAll("");
    line = PLACE.matcher(line).replaceAll("");
    return line.replaceAll(" Verify the spelling.*", "").replaceAll("[\\s;.]+$", "");
  }

  private static String advice(
      SparkThrowable known, Throwable cause, String query, List<String> names) {
    var condition = known.getCondition();
    if (condition.startsWith("TABLE_OR_VIEW_NOT_FOUND")) {
      return missingTable(cause.getMessage(), names);
    }
    var place = place(cause, query);
    if (place.isPresent()) {
      return place.get();
    }
    return condition.startsWith("UNRESOLVED_COLUMN")
        ? "DESCRIBE TABLE name lists its columns with their meaning"
        : "coterie sql --help shows an example; jobs/docs/sql.md has ten more";
  }

  private static String missingTable(String message, List<String> names) {
    var matcher = RELATION.matcher(message);
    if (matcher.find()) {
      var wanted = matcher.group(1).replace("`", "").replaceFirst(".*\\.", "");
      var near =
          names.stream()
              .filter(name -> distance(wanted, name) <= ALIKE * wanted.length())
              .min(Comparator.comparingInt(name -> distance(wanted, name)));
      if (near.isPresent()) {
        return "maybe %s; there are: %s".formatted(near.get(), String.join(", ", names));
      }
    }
    return "there are: " + String.join(", ", names);
  }

  /** The line of the query that Spark points at, with what stands at the place. */
  private static Optional<String> place(Throwable cause, String query) {
    var matcher = PLACE.matcher(cause.getMessage());
    if (cause instanceof AnalysisException && matcher.find()) {
      int line = Integer.parseInt(matcher.group(1));
      int column = Integer.parseInt(matcher.group(2));
      return query
          .lines()
          .skip(line - 1L)
          .findFirst()
          .filter(text -> column <= text.length())
          .map(
              text ->
                  "line %d: %s >>> %s"
                      .formatted(
                          line, text.substring(0, column).strip(), text.substring(column).strip()));
    }
    return Optional.empty();
  }

  /** Levenshtein's. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
