package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Nights in one lake, one after the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NightlyTest {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  private Path folder;
  private NightFolder nights;

  @BeforeAll
  void layTracesOut(@TempDir Path temporary) throws IOException {
    folder = temporary;
    nights = new NightFolder(folder);
    nights.traces("2026-01-05", SAMPLE.resolve("2026-01-05.jsonl.gz"));
    nights.traces("2026-01-06", SAMPLE.resolve("2026-01-06.jsonl.gz"));
  }

  private Coterie.Result night(String... args) {
    var command = new ArrayList<>(List.of("nightly", "--config", nights.config().toString()));
    command.addAll(List.of(args));
    return Coterie.run(command.toArray(String[]::new));
  }

  private List<String> ask(String query) {
    try (var lake = new Questions(nights.lake())) {
      return lake.ask(query);
    }
  }

  @Test
  @Order(1)
  void theFirstNightHasNothingToPlanFromAndTheSecondPublishesAPlan() throws IOException {
    var both =
        night(
                "--from",
                "2026-01-05",
                "--to",
                "2026-01-06",
                "--summary",
                folder.resolve("s.json").toString(),
                "--metrics",
                folder.resolve("m.prom").toString())
            .ok();
    assertThat(both.out())
        .contains("no plan: no day from 2025-12-29 to 2026-01-04 to make one from")
        .contains(": no plan was in use")
        .contains("in use: plan 'chat-2026-01-06-");
    assertThat(both.err()).contains("nightly 2026-01-06: audit");
    assertThat(nights.plans()).isDirectoryContaining("glob:**/chat.sglang.json");
    assertThat(nights.plans()).isDirectoryContaining("glob:**/chat.sglang.json.coterie.json");
    var summary = new ObjectMapper().readTree(Files.readString(folder.resolve("s.json")));
    assertThat(summary.get("exit_code").intValue()).isZero();
    assertThat(summary.at("/nights/1/new_plan").booleanValue()).isTrue();
    assertThat(summary.at("/nights/1/stages/0/rows").longValue()).isEqualTo(31_149);
    assertThat(Files.readString(folder.resolve("m.prom")).lines())
        .allMatch(line -> line.matches("# (HELP|TYPE) .*|[a-z_]+\\{[^}]*} [-0-9.Ee]+"))
        .contains("coterie_nightly_success{name=\"chat\"} 1.0");
  }

  @Test
  @Order(2)
  void theSameNightAgainChangesNothing() {
    var before = nights.tables();
    var again = night("--day", "2026-01-06").ok();
    assertThat(again.out()).contains("plan      kept").contains("simulate  kept");
    assertThat(nights.tables()).isEqualTo(before);
    assertThat(nights.branches()).isEmpty();
  }

  @Test
  @Order(3)
  void aNightThatFailsItsChecksIsSeenByNobody() throws IOException {
    var before = nights.tables();
    nights.renamed("2026-01-07", SAMPLE.resolve("2026-01-05.jsonl.gz"), "w");
    nights.configure("checks: {min_tokens: 1000000}");
    var failed = night("--day", "2026-01-07", "--summary", folder.resolve("f.json").toString());
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err())
        .contains("the night of 2026-01-07 is not published")
        .contains("checks.min_tokens is 1,000,000");
    assertThat(nights.tables()).isEqualTo(before);
    assertThat(nights.branches()).isEmpty();
    assertThat(folder.resolve("f.json")).content().contains("\"exit_code\" : 1");
    assertThat(ask("SELECT status FROM run WHERE night = DATE'2026-01-07' AND stage = 'audit'"))
        .containsExactly("failed");
  }

  /** Wednesday's requests are Monday's again: no plan made from Monday is judged on them. */
  @Test
  @Order(4)
  void aPlanJudgedOnItsOwnDataIsNotPublished() throws IOException {
    nights.renamed("2026-01-07", SAMPLE.resolve("2026-01-05.jsonl.gz"), "w");
    nights.configure("");
    var night = night("--day", "2026-01-07").ok();
    assertThat(night.out())
        .contains("judged blocks are in the planning data too")
        .contains("in use: plan 'chat-2026-01-06-");
  }

  @Test
  @Order(5)
  void anOlderNightIsFilledInWithoutAPlan() throws IOException {
    nights.renamed("2026-01-04", SAMPLE.resolve("2026-01-05.jsonl.gz"), "s");
    var night = night("--day", "2026-01-04").ok();
    assertThat(night.out()).contains("no plan: the lake has younger days than 2026-01-04");
    assertThat(ask("SELECT sum(tokens) FROM routing WHERE day = DATE'2026-01-04'"))
        .containsExactly("28234");
  }

  @Test
  @Order(6)
  void aDayWithoutFilesIsNamed() {
    var night = night("--day", "2026-02-01");
    assertThat(night.exitCode()).isEqualTo(1);
    assertThat(night.err()).contains("2026-02-01/*.jsonl.gz'");
  }
}
