package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench commands that need no lake, as a user would type them. */
class BenchTest {

  private static Coterie.Result scenario(String... more) {
    var args =
        new String[] {
          "bench",
          "scenarios",
          "--layers",
          "1",
          "--proposals",
          "20",
          "--steps",
          "8",
          "--planning-steps",
          "8"
        };
    var all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Coterie.run(all);
  }

  /** Scenario 6 is generated, and nothing is to be gained in it. */
  @Test
  void oneScenarioRunsAloneAndSaysWhatToExpect() {
    var out = scenario("--scenario", "6").ok().out();
    assertThat(out)
        .contains("Scenario 6: generated 256 x top-8, EP32")
        .doesNotContain("Scenario 5")
        .contains("no gain from unions is expected")
        .contains("TP2 x EP16")
        .contains("9 slots a GPU: spares take 2,554,331,136 bytes")
        .contains("- (best)");
  }

  /** A network ten times slower makes the layer slower; the MoE part stays as it is. */
  @Test
  void aProfileFileChangesTheTimes(@TempDir Path folder) throws IOException {
    var file = folder.resolve("slow.yaml");
    Files.writeString(file, "gpu: {network_bytes_per_second: 5.0e9}\n");
    var usual = eplb(scenario("--scenario", "5").ok().out());
    var slow = eplb(scenario("--scenario", "5", "--profile", file.toString()).ok().out());
    assertThat(slow[6]).isEqualTo(usual[6]);
    assertThat(Double.parseDouble(slow[7])).isGreaterThan(Double.parseDouble(usual[7]));
  }

  /** batch, router, attention (two words), plan, slots, experts, MoE us, layer us. */
  private static String[] eplb(String out) {
    var cells =
        out.lines()
            .filter(line -> line.contains(" eplb "))
            .findFirst()
            .orElseThrow()
            .strip()
            .split("\\s{2,}");
    assertThat(cells[3]).isEqualTo("eplb");
    return cells;
  }

  @Test
  void mistakesAreUsageErrors() {
    assertThat(scenario("--scenario", "9").exitCode()).isEqualTo(2);
    var planner = scenario("--scenario", "6", "--planner", "best");
    assertThat(planner.exitCode()).isEqualTo(2);
    assertThat(planner.err()).contains("unknown --planner 'best'").contains("local-search");
    var traces = scenario("--scenario", "2", "--traces", "nowhere");
    assertThat(traces.exitCode()).isEqualTo(2);
    assertThat(traces.err()).contains("no recorded trace 'nowhere");
    var profile = scenario("--scenario", "6", "--profile", "nowhere.yaml");
    assertThat(profile.err()).contains("no profile file 'nowhere.yaml'");
    var measured = Coterie.run("bench", "profile", "--measured", "nowhere");
    assertThat(measured.exitCode()).isEqualTo(2);
    assertThat(measured.err()).contains("no folder 'nowhere'");
  }

  @Test
  void profileShowsMeasuredBesidePredicted() {
    var folder = Measured.folder().toString();
    var out = Coterie.run("bench", "profile", "--measured", folder, "--rows", "2").ok().out();
    assertThat(out)
        .contains("decode MoE (DeepEP low latency) (moe_decode_h100.csv)")
        .contains("measured us  predicted us")
        .contains("groups not fitted to")
        .contains("x the rows");
  }
}
