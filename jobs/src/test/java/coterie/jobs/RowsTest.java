package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.Forget;
import coterie.ingest.ForgetRequest;
import coterie.ingest.table.ActivationTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code activation} says what {@code routing} says, whatever is ingested, changed or forgotten.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RowsTest {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  private Path folder;
  private String lake;

  @BeforeAll
  void chooseFolder(@TempDir Path temporary) {
    folder = temporary;
    lake = folder.resolve("lake").toString();
  }

  private Path trace(String name, String day, int requests) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(SAMPLE.resolve(day + ".jsonl.gz")))) {
      var lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().limit(requests);
      return Files.write(folder.resolve(name), lines.toList());
    }
  }

  private void ingest(String dataset, Path file, String... more) {
    var command =
        new ArrayList<>(
            List.of("ingest", "--lake", lake, "--model", "synthetic", "--dataset", dataset));
    command.addAll(List.of("--model-file", SAMPLE.resolve("model.json").toString()));
    command.addAll(List.of(more));
    command.add(file.toString());
    Coterie.run(command.toArray(String[]::new)).ok();
  }

  /**
   * Files and requests of each data set that has rows; fails unless they are the rows of its
   * blocks, no more and no fewer.
   */
  private List<String> rows() {
    var columns = String.join(", ", ActivationTable.TABLE.schema().fieldNames());
    var content =
        "SELECT dataset, count(DISTINCT source_id), count(DISTINCT request_id), count(*),"
            + " sum(xxhash64(%s) %% 1000003) FROM %s GROUP BY dataset ORDER BY dataset";
    try (var questions = new Questions(lake)) {
      var rows = questions.ask(content.formatted(columns, "activation"));
      var names = rows.stream().map(row -> row.substring(0, row.indexOf(" "))).toList();
      var unpacked = questions.ask(content.formatted(columns, "unpack_routing()"));
      assertThat(
              unpacked.stream()
                  .filter(row -> names.contains(row.substring(0, row.indexOf(" "))))
                  .toList())
          .isEqualTo(rows);
      return rows.stream().map(row -> row.replaceAll("( \\S+){2}$", "")).toList();
    }
  }

  @Test
  @Order(1)
  void noRowsUnlessAsked() throws IOException {
    ingest("code", trace("other.jsonl", "2026-01-06", 4), "--rows");
    ingest("chat", trace("one.jsonl", "2026-01-05", 5));
    assertThat(rows()).containsExactly("code 1 4");
  }

  /** One file is known already: its rows come from the blocks in the lake. */
  @Test
  @Order(2)
  void askedOnceTheWholeDataSetHasRows() throws IOException {
    ingest("chat", trace("two.jsonl", "2026-01-06", 3), "--rows");
    assertThat(rows()).containsExactly("chat 2 8", "code 1 4");
  }

  @Test
  @Order(3)
  void laterFilesAndChangedFilesFollow() throws IOException {
    ingest("chat", trace("one.jsonl", "2026-01-05", 7));
    assertThat(rows()).containsExactly("chat 2 10", "code 1 4");
  }

  @Test
  @Order(4)
  void whatIsForgottenHasNoRows() {
    try (var questions = new Questions(lake)) {
      var forget = new Forget(questions.spark());
      var one = questions.ask("SELECT min(request_id) FROM routing WHERE dataset = 'chat'");
      forget.run(new ForgetRequest("synthetic", "chat", one, List.of(), List.of(), List.of()));
    }
    assertThat(rows()).containsExactly("chat 2 9", "code 1 4");
    try (var questions = new Questions(lake)) {
      new Forget(questions.spark())
          .run(
              new ForgetRequest(
                  "synthetic", "chat", List.of(), List.of(), List.of("two.jsonl"), List.of()));
    }
    assertThat(rows()).containsExactly("chat 1 6", "code 1 4");
  }

  /** Blocks are layer-major: top-4, so that layer 7 of token t begins at byte 4 (7 tokens + t). */
  @Test
  @Order(5)
  void aRowIsItsTokensBytesInTheBlock() {
    try (var questions = new Questions(lake)) {
      assertThat(
              questions.ask(
                  "SELECT count(*) > 0, every(hex(substring(r.experts, 1 + 4 * (7 * r.tokens +"
                      + " a.position - r.first_position), 4)) = concat_ws('', transform(a.experts,"
                      + " e -> lpad(hex(e), 2, '0')))) FROM activation a JOIN routing r ON"
                      + " a.request_id = r.request_id AND a.dataset = r.dataset AND a.position"
                      + " BETWEEN r.first_position AND r.first_position + r.tokens - 1 WHERE"
                      + " a.layer = (SELECT moe_layers[7] FROM model)"))
          .containsExactly("true true");
    }
  }
}
