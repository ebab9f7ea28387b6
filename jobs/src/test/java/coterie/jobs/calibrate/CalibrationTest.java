package coterie.jobs.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import coterie.jobs.Measured;
import coterie.jobs.calibrate.RankLoad.Routing;
import coterie.planner.profile.MoeWork;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  /** What the project must reach on groups that no constant was fitted to. */
  @Test
  void constantsHoldOnGroupsTheyWereNotFittedTo() {
    for (var kernel : Calibration.of(Measured.folder())) {
      var heldOut =
          kernel.even(kernel.constants()).stream().filter(Calibration.Pair::heldOut).toList();
      double limit = kernel.file().startsWith("moe_decode") ? 0.05 : 0.15;
      assertThat(heldOut).as(kernel.title()).hasSizeGreaterThan(20);
      assertThat(Calibration.quantile(heldOut, 0.5)).as(kernel.title()).isLessThan(limit);
    }
  }

  /** The profile's constants are what the fit finds, to the digits they are written with. */
  @Test
  void constantsOfTheProfileAreTheFittedOnes() {
    for (var kernel : Calibration.of(Measured.folder())) {
      if (kernel.file().startsWith("moe_decode") || kernel.file().startsWith("mla")) {
        var fitted = kernel.refit();
        for (int i = 0; i < fitted.length; i++) {
          assertThat(kernel.constants()[i])
              .as(kernel.title() + ", " + kernel.constantNames().get(i))
              .isCloseTo(fitted[i], within(0.01 * fitted[i] + 1e-12));
        }
      }
    }
  }

  /** 32 tokens, top-8, on 32 ranks of 8 experts: 8 pairs, each a different expert. */
  @Test
  void evenDecodeCallsOneExpertAPair() {
    var routing = new Routing(32, 8, 256, 32, "uniform");
    assertThat(RankLoad.decode(routing).works(64)).containsExactly(new MoeWork(8, 8, 8 * 64, 0));
    // 64 times as many: all 8 experts with 64 rows each, a whole tile.
    var many = new Routing(2048, 8, 256, 32, "uniform");
    assertThat(RankLoad.decode(many).works(64)).containsExactly(new MoeWork(8, 512, 512, 0));
  }

  /** 1,024 tokens, top-8, on 4 ranks: 2,048 pairs in blocks of 128 reach 16 of 64 experts. */
  @Test
  void evenPrefillComesInBlocks() {
    var routing = new Routing(1024, 8, 256, 4, "uniform");
    assertThat(RankLoad.prefill(routing, 128).works(128))
        .containsExactly(new MoeWork(16, 2048, 2048, 1024));
  }

  /**
   * 16 ranks, top-8: half of 32 tokens meet the rank and keep all 8 pairs, 128 rows; 16 of them are
   * local, one for each of the 16 experts.
   */
  @Test
  void fusedRowsKeepTheirForeignPairs() {
    var routing = new Routing(32, 8, 256, 16, "balanced");
    assertThat(RankLoad.fused(routing).works(1)).containsExactly(new MoeWork(16, 128, 128, 0));
    // With one rank there is nobody else.
    var alone = new Routing(32, 8, 256, 1, "balanced");
    assertThat(RankLoad.fused(alone).works(1)).containsExactly(new MoeWork(256, 256, 256, 0));
  }

  @Test
  void powerLawsAreDrawnAndTheHeaviestRankIsTaken() {
    var routing = new Routing(4096, 8, 256, 64, "power_law_1.2");
    var works = RankLoad.decode(routing).works(1);
    assertThat(works).hasSizeGreaterThan(1).isEqualTo(RankLoad.decode(routing).works(1));
    assertThat(RankLoad.decode(routing).text()).matches("[1-4]\\.\\d experts, [2-9].* x the rows");
    long mean = 4096L * 8 / 64;
    assertThat(works).allSatisfy(work -> assertThat(work.rows()).isGreaterThan(2 * mean));
    assertThat(works).allSatisfy(work -> assertThat(work.copies()).isBetween(1, 4));
  }

  @Test
  void fitFindsTheConstantsThatMadeThePoints() {
    var points =
        List.of(1.0, 2.0, 5.0, 9.0).stream()
            .map(x -> new Point("g", "uniform", "", "", 3 + 0.5 * x, c -> c[0] + c[1] * x))
            .toList();
    var fitted = ConstantFit.fit(List.of("a", "b"), new double[] {1, 1}, points);
    assertThat(fitted[0]).isCloseTo(3, within(1e-3));
    assertThat(fitted[1]).isCloseTo(0.5, within(1e-3));
    // A share is not above 1 even where that would fit better; what is 0 stays 0.
    var bounded = ConstantFit.fit(List.of("a share", "b"), new double[] {1, 0}, points);
    assertThat(bounded).containsExactly(1, 0);
  }

  @Test
  void brokenFilesNameTheLine() {
    var lines = Arrays.asList("latency,num_tokens", "1.5,4", "1.5");
    assertThatThrownBy(() -> MeasuredFile.parse("x.csv", lines))
        .hasMessage("x.csv, line 3: 1 fields, the header has 2");
    var row = MeasuredFile.parse("x.csv", List.of("latency,tokens", "-1,2.5")).get(0);
    assertThatThrownBy(() -> row.number("latency")).hasMessage("x.csv, line 2: latency is '-1'");
    assertThatThrownBy(() -> row.whole("tokens")).hasMessage("x.csv, line 2: tokens is '2.5'");
    assertThatThrownBy(() -> row.text("topk")).hasMessage("x.csv, line 2: no field 'topk'");
  }

  @Test
  void quantilesAreOfTheErrors() {
    var pairs =
        List.of(0.9, 1.2, 1.0, 1.4, 2.0).stream()
            .map(x -> new Calibration.Pair("g", "uniform", "", "", true, 1, x))
            .toList();
    assertThat(Calibration.quantile(pairs, 0.5)).isCloseTo(0.2, within(1e-12));
    assertThat(Calibration.quantile(pairs, 1)).isCloseTo(1, within(1e-12));
    assertThat(Calibration.quantile(List.of(), 0.5)).isNaN();
  }
}
