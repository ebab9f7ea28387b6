package coterie.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.Coterie;
import coterie.jobs.calibrate.ProfileFile;
import coterie.planner.model.Attention;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.Allocator;
import coterie.planner.replay.LayerShape;
import coterie.planner.replay.LoopPlan;
import coterie.planner.replay.LoopTotals;
import coterie.planner.replay.RequestQueue;
import coterie.planner.replay.RequestTimes;
import coterie.planner.replay.SignatureDistances;
import coterie.planner.replay.SizedSteps;
import coterie.planner.replay.StepPricer;
import coterie.planner.replay.StepSwitches;
import coterie.planner.routing.RouterRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the page on simulation to its own example. */
class SimulationPageTest {

  @TempDir private Path folder;

  private static String page(String name) throws IOException {
    return Files.readString(Coterie.root().resolve("jobs/docs/" + name));
  }

  private StepProfile profile() throws IOException {
    var block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page("cost-model.md"));
    assertThat(block.find()).isTrue();
    var file = Files.writeString(folder.resolve("example.yaml"), block.group(1));
    return ProfileFile.read(file, StepProfile.deepEpDecode(GpuSheet.H100));
  }

  @Test
  void theExampleIsWhatTheKernelComputes() throws IOException {
    var page = page("simulation.md");
    var queue = new RequestQueue(new int[3], new int[] {2, 1, 1});
    var tokens = TokenSets.builder(3);
    for (int[] set : new int[][] {{0, 1}, {1, 2}, {0, 1}, {0, 2}}) {
      tokens.add(set, 1);
    }
    var pricer =
        new StepPricer(
            profile(),
            new LayerShape(new ExpertShape(100, 50, 1), 3, 0),
            StepSwitches.decode(Attention.TENSOR_PARALLEL, 1_000),
            Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 2, 0}),
            RouterRule.EXACT);
    var settings =
        new LoopPlan.Settings(2, 1, Allocator.ROUND_ROBIN, SignatureDistances.NONE, 512, 0, 1, 1);
    var plan = LoopPlan.closed(queue, settings);
    var nanos = new long[plan.steps().size()];
    var totals = new LoopTotals();
    new SizedSteps(tokens.build(), plan.steps())
        .price(
            pricer,
            (step, time) -> {
              nanos[step] = time.totalNanos();
              totals.add(time);
            });
    assertThat(nanos).hasSize(2);
    assertThat(page)
        .contains("Together %.1f us".formatted(nanos[0] / 1e3))
        .contains("= %.1f us.".formatted(nanos[1] / 1e3));
    var times = new RequestTimes();
    times.add(queue, plan.schedules().get(0), nanos, 0);
    assertThat(page)
        .contains(row("A", times, 1))
        .contains(row("B", times, 0.3))
        .contains(row("C", times, 0.6));
    double perSecond = 4e9 / (nanos[0] + nanos[1]);
    assertThat(page)
        .contains("%,.0f tokens/s, %,.0f a GPU".formatted(perSecond, perSecond / 2))
        .contains("mean TPOT %.1f us".formatted(plan.meanNanos(nanos) / 1e3))
        .contains("busiest GPU is %.1f".formatted(totals.meanMostCopies()));
    assertThat(totals.meanCertificate()).isEqualTo(totals.meanMostCopies());
  }

  /** In order of latency the requests are B, C, A; TPOT of A is half of its latency. */
  private static String row(String request, RequestTimes times, double share) {
    double latency = times.latencyNanos(share) / 1e3;
    double perToken = request.equals("A") ? latency / 2 : latency;
    return "| %.1f | %.1f |".formatted(latency, perToken);
  }
}
