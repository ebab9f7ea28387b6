package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.text.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The questions of jobs/docs/sql.md have the answers that the page shows; and what sql itself does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlPageTest {

  private static final Path PAGE = Coterie.root().resolve("jobs/docs/sql.md");
  private static final Pattern QUESTION =
      Pattern.compile("```sql\\n(.*?)```\\n\\n```text\\n(.*?)```", Pattern.DOTALL);

  private String lake;
  private Path folder;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    lake = temporary.resolve("lake").toString();
    var sample = Coterie.root().resolve("data/sample");
    Coterie.run(
            "ingest",
            "--lake",
            lake,
            "--model",
            "synthetic",
            "--model-file",
            sample.resolve("model.json").toString(),
            "--dataset",
            "week",
            "--workload",
            "(topic-\\d)",
            sample.resolve("*.jsonl.gz").toString())
        .ok();
    Coterie.run("analyze", "--lake", lake).ok();
  }

  @Test
  void everyQuestionHasTheAnswerOnThePage() throws IOException {
    var matcher = QUESTION.matcher(Files.readString(PAGE));
    var page = new ArrayList<String>();
    var answers = new ArrayList<String>();
    try (var questions = new Questions(lake)) {
      while (matcher.find()) {
        page.add(matcher.group(2));
        answers.add(answer(questions, matcher));
      }
    }
    assertThat(answers).hasSize(10).isEqualTo(page);
  }

  private static String answer(Questions questions, Matcher question) {
    var out = new ByteArrayOutputStream();
    var rows = questions.spark().sql(question.group(1));
    var answer =
        new Answer(
            rows.schema(), Answer.Format.TABLE, new PrintStream(out, true, StandardCharsets.UTF_8));
    rows.collectAsList().forEach(answer::add);
    answer.end();
    return out.toString(StandardCharsets.UTF_8);
  }

  private Coterie.Result sql(String... arguments) {
    var command = new ArrayList<>(List.of("sql", "--lake", lake));
    command.addAll(List.of(arguments));
    return Coterie.run(command.toArray(String[]::new));
  }

  @Test
  void aFileAsCsv() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("query.sql"),
            """
            -- values that need quotes
            SELECT 1 AS a, 'x, "y"' AS b, array(1, 2) AS c, null AS d;
            """);
    assertThat(sql("--file", file.toString(), "--format", "csv").ok().out())
        .isEqualToIgnoringNewLines("a,b,c,d\n1,\"x, \"\"y\"\"\",\"[1,2]\",\n");
  }

  @Test
  void anArgumentAsJsonLines() {
    assertThat(
            sql(
                    "--format",
                    "json",
                    "--rows",
                    "1",
                    "SELECT named_struct('n', 1.5D, 'day', DATE'2026-01-05') AS s, array('é') AS"
                        + " list, null AS none UNION ALL SELECT NULL, NULL, NULL")
                .ok()
                .out())
        .isEqualToIgnoringNewLines(
            "{\"s\":{\"n\":1.5,\"day\":\"2026-01-05\"},\"list\":[\"é\"],\"none\":null}\n");
  }

  @Test
  void standardInputAsATable() {
    var terminal = System.in;
    System.setIn(
        new ByteArrayInputStream(
            "SELECT phase, sum(tokens) AS tokens\nFROM routing GROUP BY phase ORDER BY phase;\n"
                .getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(sql().ok().out())
          .isEqualTo(
              """
              phase    tokens
              ---------------
              decode    39561
              prefill   19822
              """);
    } finally {
      System.setIn(terminal);
    }
  }

  @Test
  void explainDoesNotRun() {
    var plan = sql("--explain", "SELECT raise_error('it ran') FROM model").ok();
    assertThat(plan.out()).contains("== Physical Plan ==").contains("lake.moe.model");
  }

  @Test
  void errorsSayWhereAndWhatElse() {
    assertThat(sql("SELECT * FROM expert_loads").err())
        .isEqualTo(
            """
            error: cannot run the query: The table or view `expert_loads` cannot be found
              maybe expert_load; SHOW TABLES and SHOW VIEWS list all
            """);
    var column = sql("SELECT layer, tokenz\nFROM expert_load");
    assertThat(column.exitCode()).isEqualTo(2);
    assertThat(column.err())
        .contains("`tokenz` cannot be resolved. Did you mean")
        .contains("line 1: SELECT layer, >>> tokenz");
    assertThat(sql("SELEC 1").err())
        .contains("Syntax error at or near 'SELEC'")
        .contains("line 1:");
    assertThat(sql("SELECT 1 / int(layer - layer) FROM expert_load LIMIT 1").err())
        .contains("Division by zero");
    assertThat(sql(" ; ").err()).startsWith("error: the query is empty\n");
    assertThat(sql("--file", "/no/such.sql").err())
        .startsWith("error: cannot read the query from '/no/such.sql': NoSuchFileException\n");
    assertThat(sql("--file", "q.sql", "SELECT 1").err())
        .startsWith("error: a query and --file are given\n");
  }
}
