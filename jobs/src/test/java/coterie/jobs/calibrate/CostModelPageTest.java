package coterie.jobs.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.Coterie;
import coterie.jobs.Measured;
import coterie.planner.model.Attention;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.Cause;
import coterie.planner.replay.LayerShape;
import coterie.planner.replay.LinkClass;
import coterie.planner.replay.StepPricer;
import coterie.planner.replay.StepSwitches;
import coterie.planner.replay.StepTime;
import coterie.planner.routing.RouterRule;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds the page on the cost model to its own example, and its errors to the measurements. */
class CostModelPageTest {

  private static final List<Cause> COLUMNS =
      List.of(Cause.ATTENTION, Cause.DISPATCH, Cause.MOE_WEIGHTS, Cause.MOE_COMPUTE, Cause.COMBINE);

  private String page;

  @BeforeEach
  void read() throws IOException {
    page = Files.readString(Coterie.root().resolve("jobs/docs/cost-model.md"));
  }

  @Test
  void theExampleIsWhatTheKernelComputes() {
    var switches = StepSwitches.decode(Attention.DATA_PARALLEL, 1_000);
    var time = price(switches);
    for (int gpu = 0; gpu < 2; gpu++) {
      assertThat(row("GPU " + gpu).subList(0, 5)).isEqualTo(micros(time, gpu));
    }
    var layer = row("layer");
    assertThat(layer.subList(0, 5))
        .isEqualTo(COLUMNS.stream().map(cause -> micros(time.nanos(cause))).toList());
    assertThat(layer.get(5)).isEqualTo(micros(time.totalNanos()));
    assertThat(page)
        .contains("%,d bytes stay".formatted(time.bytes(LinkClass.SAME_GPU)))
        .contains("%d cross NVLink".formatted(time.bytes(LinkClass.NVLINK)))
        .contains("Distinct copies on the busiest GPU: %d.".formatted(time.mostCopies()));
    assertThat(page)
        .contains("the layer takes %s us".formatted(micros(price(switches.withoutTilePadding()))));
  }

  private StepTime price(StepSwitches switches) {
    var profile = ProfileFile.parse("page", block("yaml"), StepProfile.deepEpDecode(GpuSheet.H100));
    var layer = new LayerShape(new ExpertShape(100, 50, 1), 3, 0);
    var pricer = new StepPricer(profile, layer, switches, placement(), RouterRule.VLLM_DP);
    var time = pricer.newTime();
    pricer.price(pricer.place(tokens()), 0, time);
    return time;
  }

  private Placement placement() {
    var gpus = quoted("Placement, a GPU between bars: (`[^.]*`)").get(0).split("\\|");
    var slots =
        Arrays.stream(gpus).flatMap(gpu -> Arrays.stream(ids(gpu)).boxed()).mapToInt(i -> i);
    return Placement.of(new Cluster(gpus.length, 2), 3, slots.toArray());
  }

  private TokenBatches tokens() {
    var builder = TokenSets.builder(3);
    var sets = quoted("Tokens: ((?:`[^`]*`(?:, )?)+)");
    sets.forEach(set -> builder.add(ids(set), 1));
    return TokenBatches.of(builder.build(), sets.size(), IntStream.range(0, sets.size()).toArray());
  }

  private static int[] ids(String text) {
    return Arrays.stream(text.strip().split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  /** What stands between backquotes in the text that a pattern finds. */
  private List<String> quoted(String pattern) {
    var found = Pattern.compile(pattern).matcher(page);
    assertThat(found.find()).as(pattern).isTrue();
    return Pattern.compile("`([^`]*)`")
        .matcher(found.group(1))
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private String block(String language) {
    int begin = page.indexOf("```" + language + "\n") + language.length() + 4;
    return page.substring(begin, page.indexOf("```", begin));
  }

  /** The cells of a row of the example's table, behind its head. */
  private List<String> row(String head) {
    var line =
        page.lines().filter(l -> l.startsWith("| " + head + " | 1")).findFirst().orElseThrow();
    var cells = line.split("\\|");
    return Arrays.stream(cells).skip(2).map(String::strip).toList();
  }

  private static List<String> micros(StepTime time, int gpu) {
    return COLUMNS.stream().map(cause -> micros(time.gpuNanos(gpu, cause))).toList();
  }

  private static String micros(StepTime time) {
    return micros(time.totalNanos());
  }

  private static String micros(long nanos) {
    assertThat(nanos % 1_000).isZero();
    return "" + nanos / 1_000;
  }

  /** The median errors on groups that were not fitted to stand on the page as they are. */
  @Test
  void errorsOfThePageAreThoseOfTheConstants() {
    for (var kernel : Calibration.of(Measured.folder())) {
      var heldOut =
          kernel.even(kernel.constants()).stream().filter(Calibration.Pair::heldOut).toList();
      var median = "%.1f %%".formatted(100 * Calibration.quantile(heldOut, 0.5));
      var most = "%.1f %%".formatted(100 * Calibration.quantile(heldOut, 0.9));
      assertThat(page.lines())
          .as(kernel.title())
          .anyMatch(
              line ->
                  line.startsWith(kernel.title() + " ")
                      && line.contains(median)
                      && line.contains(most)
                      && line.contains("not fitted to"));
    }
  }
}
