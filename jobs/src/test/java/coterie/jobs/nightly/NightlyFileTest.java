package coterie.jobs.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import coterie.ingest.error.UserError;
import coterie.jobs.export.PlanFormat;
import coterie.planner.algorithm.BatchShare;
import coterie.planner.model.Cluster;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NightlyFileTest {

  private static final String WHOLE =
      """
      name: chat
      model: {name: gpt-oss-20b}
      sources:
        - dataset: chat
          paths: ['traces/{day}/*.jsonl.gz', 'more/{day}']
      cluster: {gpus: 8, slots_per_gpu: 5}
      batches: {1: 0.5, 16: 0.25}
      publish: {min_gain: 0.01, max_moved_bytes: 1000}
      export:
        folder: plans
        formats: [sglang, coterie]
      """;

  @Test
  void aFileIsRead() {
    var config = NightlyFile.parse("nightly.yaml", WHOLE);
    assertThat(config.name()).isEqualTo("chat");
    assertThat(config.cluster()).isEqualTo(new Cluster(8, 5));
    assertThat(config.mix()).containsExactly(new BatchShare(1, 0.5), new BatchShare(16, 0.25));
    assertThat(config.sources().get(0).pathsOf(LocalDate.of(2026, 1, 5)))
        .containsExactly("traces/2026-01-05/*.jsonl.gz", "more/2026-01-05");
    assertThat(config.publishing().mostMovedBytes()).isEqualTo(Optional.of(1000L));
    assertThat(config.export().formats()).isEqualTo(List.of(PlanFormat.SGLANG, PlanFormat.COTERIE));
    assertThat(config.retention().factDays()).isEmpty();
  }

  /** Each line is replaced by another, which is at fault. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gpus: 8 | gpus: eight | nightly.yaml, line 6, cluster.gpus: 'eight' is no whole number of"
            + " at least 1",
        "gpus: 8, | '' | nightly.yaml, line 6, cluster.gpus: is missing",
        "slots_per_gpu: 5 | slots: 5 | nightly.yaml, line 6, cluster.slots_per_gpu: is missing",
        "min_gain: 0.01 | min_gain: 2 | nightly.yaml, line 8, publish.min_gain: '2' is no number"
            + " from 0.0 to 1.0",
        "min_gain: 0.01 | mingain: 0 | nightly.yaml, line 8, publish.mingain: is unknown",
        "traces/{day}/ | traces/ | nightly.yaml, line 5, sources[0].paths: 'traces/*.jsonl.gz' has"
            + " no {day}",
        "name: chat | name: a b | nightly.yaml, line 1, name: 'a b' is no name for a plan",
        "name: gpt-oss-20b | shape: x | nightly.yaml, line 2, model.name: is missing",
        "sglang, | sglan, | nightly.yaml, line 11, formats: 'sglan' is unknown",
        "{1: 0.5 | {one: 0.5 | nightly.yaml, line 7, batches.one: 'one' is no number of tokens a"
            + " step",
        "name: chat | cluster: 1 | nightly.yaml, line 6, cluster: is there twice",
        "{gpus: 8 | {gpus: [8 | nightly.yaml, line 6: expected ',' or ']', but got }",
      })
  void whatIsWrongIsNamedByFileLineKeyAndValue(String line, String instead, String message) {
    var wrong =
        catchThrowableOfType(
            UserError.class, () -> NightlyFile.parse("nightly.yaml", WHOLE.replace(line, instead)));
    assertThat(wrong).isNotNull();
    assertThat(wrong.getMessage().replace("export.formats", "formats")).isEqualTo(message);
    assertThat(wrong.advice()).isNotBlank().doesNotContain("\n");
    assertThat(wrong.kind().exitCode()).isEqualTo(2);
  }

  @Test
  void tagsThatMakeObjectsAreRefused() {
    var wrong =
        catchThrowableOfType(
            UserError.class,
            () -> NightlyFile.parse("n.yaml", "name: !!javax.script.ScriptEngineManager []"));
    assertThat(wrong).hasMessageStartingWith("n.yaml, line 1: Global tag is not allowed");
  }
}
