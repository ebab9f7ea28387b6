package coterie.jobs.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.model.ModelPresets;
import coterie.jobs.RealTraces;
import coterie.jobs.generate.SyntheticModel;
import coterie.jobs.generate.SyntheticTokens;
import coterie.planner.algorithm.PlannerKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.junit.jupiter.api.Test;

class ScenarioTest {

  private static ScenarioRequest quick(Path traces) {
    return new ScenarioRequest(
        traces, PlannerKind.LOCAL_SEARCH, 1, 64, 200, 20, Optional.empty(), 3);
  }

  @Test
  void thereAreEightAndTheirNumbersAreTheirPlaces() {
    assertThat(Scenario.ALL.stream().map(Scenario::number))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 8).boxed().toList());
    // Without spares all experts have exactly one slot.
    assertThat(Scenario.ALL)
        .allSatisfy(
            s -> assertThat(s.gpus() * s.slots().get(0)).isEqualTo(s.model().layer().experts()));
  }

  @Test
  void shapesAreThoseOfThePresets() {
    var oss = ModelPresets.find("gpt-oss-20b").orElseThrow();
    assertThat(ServedModel.GPT_OSS_20B.moeLayers()).isEqualTo(oss.moeLayers().size());
    assertThat(ServedModel.GPT_OSS_20B.layer().experts()).isEqualTo(oss.experts());
    assertThat(ServedModel.GPT_OSS_20B.layer().expert().bytesPerWeight())
        .isEqualTo(oss.size().orElseThrow().bytesPerWeight());
    var deepSeek = ModelPresets.find("deepseek-v3").orElseThrow();
    assertThat(ServedModel.GENERATED_256.moeLayers()).isEqualTo(deepSeek.moeLayers().size());
    assertThat(ServedModel.GENERATED_256.layer().experts()).isEqualTo(deepSeek.experts());
    assertThat(ServedModel.GENERATED_256.layer().sharedExperts())
        .isEqualTo(deepSeek.sharedExperts());
  }

  /** Four spare slots a GPU in 58 layers of 44 MB: 10.2 GB. */
  @Test
  void sparesAreChargedTheirMemory() {
    var four = Scenario.ALL.get(3);
    assertThat(four.spareBytes(32)).isZero();
    assertThat(four.spareBytes(36)).isEqualTo(4 * 58 * 44_040_192.0);
  }

  /** Every contender has a row under every rule, and the same seed gives the same table. */
  @Test
  void aGeneratedScenarioRunsAlone() {
    var result = ScenarioBench.run(5, quick(Path.of("nowhere")));
    var rules = Scenario.ALL.get(4).rules().size();
    // EPLB and the planner on 8 and 9 slots, 5 ways to shard over 32 GPUs.
    assertThat(result.rows()).hasSize(rules * (2 + 2 + 5));
    assertThat(result.memory()).hasSize(1);
    assertThat(result.attentionMeasured()).isTrue();
    assertThat(result.rows()).allSatisfy(row -> assertThat(row.summary().meanNanos()).isPositive());
    var again = ScenarioBench.run(5, quick(Path.of("nowhere")));
    assertThat(again.rows().stream().map(row -> row.summary().meanNanos()))
        .containsExactlyElementsOf(
            result.rows().stream().map(row -> row.summary().meanNanos()).toList());
  }

  /** Routers that spread an expert's tokens read no fewer copies than the exact one. */
  @Test
  void recordedScenariosRunOnRealTokens() {
    var result = ScenarioBench.run(2, quick(RealTraces.gptOss20b().getParent()));
    var eplb =
        result.rows().stream()
            .filter(row -> row.plan().equals("eplb") && row.slots() == 5 && row.batch() == 4)
            .toList();
    assertThat(eplb).hasSize(7);
    double exact = eplb.get(0).summary().meanMostCopies();
    assertThat(exact).isBetween(2.0, 2.8);
    assertThat(eplb)
        .allSatisfy(
            row -> assertThat(row.summary().meanMostCopies()).isGreaterThanOrEqualTo(exact));
  }

  @Test
  void layersAreChosenEvenly() {
    assertThat(LayerData.evenly(24, 4)).containsExactly(3, 9, 15, 21);
    assertThat(LayerData.evenly(2, 4)).containsExactly(0, 1);
  }

  /** Generated days share the router: the loads of their experts agree better than chance. */
  @Test
  void generatedTokensAreRepeatableAndTwoDaysAreAlike() {
    var tokens = new SyntheticTokens(new SyntheticModel(1, 64, 4), 7);
    var monday = tokens.layers(1, 60, 20).get(0);
    var again = tokens.layers(1, 60, 20).get(0);
    var tuesday = tokens.layers(2, 60, 20).get(0);
    assertThat(monday.sets().expertLoad()).isEqualTo(again.sets().expertLoad());
    assertThat(monday.requests()).isEqualTo(60);
    assertThat(monday.length(3)).isEqualTo(20);
    assertThat(tuesday.sets().expertLoad()).isNotEqualTo(monday.sets().expertLoad());
    var loads = List.of(monday.sets().expertLoad(), tuesday.sets().expertLoad());
    assertThat(correlation(loads.get(0), loads.get(1))).isGreaterThan(0.3);
  }

  private static double correlation(double[] a, double[] b) {
    return new PearsonsCorrelation().correlation(a, b);
  }
}
