package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds one search of each layer, as a user would type it, on the bundled sample. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanningTest {

  private static final int COLUMNS = 100;

  private String lake;
  private Path folder;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    lake = temporary.resolve("lake").toString();
    Coterie.ingestSample(lake, "monday", "2026-01-05");
    Coterie.ingestSample(lake, "tuesday", "2026-01-06");
    Coterie.run("analyze", "--lake", lake).ok();
    plan("today", "--planner", "eplb", "--slots-per-gpu", "5").ok();
  }

  private Coterie.Result plan(String name, String... more) {
    return run(
        "plan --model synthetic --datasets monday --gpus 8 --steps 200 --proposals 500 --name "
            + name,
        more);
  }

  private Coterie.Result run(String command, String... more) {
    var args = new ArrayList<>(Arrays.asList(command.split(" ", -1)));
    args.add("--lake");
    args.add(lake);
    args.addAll(List.of(more));
    return Coterie.run(args.toArray(String[]::new));
  }

  private List<String> sql(String query) {
    return run("sql", "--format", "csv", query).ok().outLines();
  }

  @Test
  void otherTermsAreWeighedAndTold() {
    plan("together", "--slots-per-gpu", "5", "--weigh", "gpus=2,imbalance=0.5").ok();
    assertThat(sql("SELECT goal FROM plan WHERE plan = 'together'").get(1))
        .contains("plus 0.5 x token imbalance")
        .contains("plus 2.0 x GPUs a token");
    assertThat(plan("wrong", "--slots-per-gpu", "5", "--weigh", "traffic=2").err().lines())
        .containsExactly(
            "error: unknown --weigh 'traffic'", "  one of: imbalance, gpus, nodes, moved-slots");
    assertThat(plan("wrong", "--slots-per-gpu", "5", "--weigh", "moved-slots=1").err().lines())
        .containsExactly(
            "error: --weigh moved-slots needs a plan in use", "  name it: --current P");
    assertThat(
            plan("wrong", "--slots-per-gpu", "5", "--planner", "eplb", "--weigh", "gpus=1")
                .err()
                .lines())
        .containsExactly(
            "error: --weigh gpus: planner eplb keeps no limits and weighs no terms",
            "  --planner local-search does");
  }

  @Test
  void headroomSaysWhatIsLostWhatAPlanRegainsAndWhatNoneCan() {
    var found =
        run("headroom --model synthetic --datasets tuesday --gpus 8 --slots-per-gpu 5"
                + " --placement today --batch 1,4 --steps 100 --proposals 500 --iterations 80")
            .ok();
    assertThat(found.outLines()).allSatisfy(l -> assertThat(l.length()).isLessThan(COLUMNS));
    var line = cells(found.outLines().get(3));
    double today = Double.parseDouble(line.get(1));
    double planned = Double.parseDouble(line.get(2));
    double least = Double.parseDouble(line.get(3));
    assertThat(line.get(0)).isEqualTo("4");
    assertThat(least).isBetween(1.9, planned);
    assertThat(planned).isLessThan(today);
    assertThat(found.out()).contains("placement in use: today").contains("worth it");
  }

  private static List<String> cells(String line) {
    return Arrays.asList(line.strip().split("  +", -1));
  }

  @Test
  void headroomOfAPlanThatIsNotThereNamesThoseThatAre() {
    var missing =
        run(
            "headroom --model synthetic --datasets tuesday --gpus 8 --slots-per-gpu 5"
                + " --placement nope");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("no plan 'nope'").contains("today");
  }

  @Test
  void gpusMayHaveSlotsOfTheirOwnAndEnginesThatCannotAreNotGivenThePlan() {
    plan("uneven", "--planner", "local-search", "--slots-per-gpu", "5,5,5,5,4,4,4,4").ok();
    assertThat(sql("SELECT DISTINCT to_json(slots_of_gpu) FROM plan_layer WHERE plan = 'uneven'"))
        .last()
        .asString()
        .contains("[5,5,5,5,4,4,4,4]");
    run("simulate --plans uneven --datasets tuesday --steps 2000 --batch 4").ok();
    var refused =
        run(
            "export --plan uneven --format sglang",
            "--out",
            folder.resolve("uneven.json").toString());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("uneven");
  }

  @Test
  void aBudgetOfSparesGoesToTheLayersThatGainMost() {
    var out = plan("shared", "--slots-per-gpu", "5", "--spare-budget", "3").ok().out();
    assertThat(out).contains("spare slots of a GPU: ").contains("1 each in 3 layers");
    assertThat(
            sql(
                "SELECT sum(size(slots)) - 32 * count(*) AS spare FROM plan_layer"
                    + " WHERE plan = 'shared'"))
        .containsExactly("spare", "24");
  }

  @Test
  void aligningRenamesGpusAndChangesNoCost() {
    plan("as-found", "--slots-per-gpu", "5").ok();
    var out = plan("aligned", "--slots-per-gpu", "5", "--align").ok().out();
    assertThat(out).contains("of expert pairs of neighbouring layers change GPU");
    var shares = out.replaceAll("(?s).*aligned: ([0-9.]+) %.*GPU, ([0-9.]+) % before.*", "$1 $2");
    var numbers = shares.split(" ", -1);
    assertThat(Double.parseDouble(numbers[0])).isLessThan(Double.parseDouble(numbers[1]));
    assertThat(
            sql(
                "SELECT count(*) AS other FROM plan_layer a JOIN plan_layer b ON a.layer = b.layer"
                    + " WHERE a.plan = 'as-found' AND b.plan = 'aligned'"
                    + " AND to_json(a.planning_costs) <> to_json(b.planning_costs)"))
        .containsExactly("other", "0");
    assertThat(
            sql(
                "SELECT count(*) > 0 AS moved FROM plan_layer a JOIN plan_layer b"
                    + " ON a.layer = b.layer WHERE a.plan = 'as-found' AND b.plan = 'aligned'"
                    + " AND a.slots <> b.slots"))
        .containsExactly("moved", "true");
  }

  @Test
  void moreStartsAreANewSearchAndTheSamePlanEveryTime() {
    plan("two", "--slots-per-gpu", "5", "--starts", "2").ok();
    plan("again", "--slots-per-gpu", "5", "--starts", "2").ok();
    assertThat(
            sql(
                "SELECT count(*) AS other FROM plan_layer a JOIN plan_layer b ON a.layer = b.layer"
                    + " WHERE a.plan = 'two' AND b.plan = 'again' AND a.slots <> b.slots"))
        .containsExactly("other", "0");
  }

  @Test
  void hierarchicalPlannersSayWhereThereIsNoHierarchy() {
    var flat =
        plan("flat", "--planner", "eplb-hierarchical", "--nodes", "2", "--slots-per-gpu", "5").ok();
    assertThat(flat.err()).contains("no hierarchy to keep: synthetic has 1 expert group(s)");
  }

  @Test
  void mistakesAreUsageErrors() {
    var error = plan("x", "--slots-per-gpu", "5,5");
    assertThat(error.exitCode()).isEqualTo(2);
    assertThat(error.err()).contains("--slots-per-gpu has 2 values for 8 GPUs");
    assertThat(plan("x", "--slots-per-gpu", "5", "--nodes", "3").err())
        .contains("--gpus 8 do not divide over --nodes 3");
    assertThat(plan("x", "--slots-per-gpu", "5", "--align", "--current", "today").err())
        .contains("--align with --current");
    assertThat(plan("x", "--slots-per-gpu", "5", "--spare-budget", "-1").err())
        .contains("--spare-budget");
    assertThat(plan("x", "--slots-per-gpu", "5", "--starts", "0").err()).contains("--starts");
  }

  @Test
  void benchesOnALakeRunAndFit() {
    var search =
        run("bench search --model synthetic --planned monday --judged tuesday --older tuesday"
                + " --slots-per-gpu 5 --batch 4 --steps 50 --proposals 100"
                + " --tables cost,migration")
            .ok();
    assertThat(search.out()).contains("eplb").contains("mix").contains("share of the gain");
    var routers =
        run("bench routers --model synthetic --datasets monday --judged-on tuesday --gpus 8"
                + " --slots-per-gpu 5 --batch 4 --steps 50 --proposals 100")
            .ok();
    assertThat(routers.out()).contains("vllm").contains("sglang");
    var certificates =
        run("bench certificates --model synthetic --datasets monday --slots-per-gpu 4"
                + " --iterations 40 --proposals 100 --starts 1 --layers 0,2")
            .ok();
    assertThat(certificates.out()).contains("explained, of the means:");
    var distribution =
        run("bench certificates --model synthetic --datasets monday --slots-per-gpu 4"
                + " --iterations 40 --samples 4 --layers 0")
            .ok();
    var line = cells(distribution.outLines().get(2));
    assertThat(line.get(1)).isEqualTo("4");
    assertThat(Double.parseDouble(line.get(4))).isLessThan(Double.parseDouble(line.get(3)));
    for (var result : List.of(search, routers, certificates, distribution)) {
      assertThat(result.outLines()).allSatisfy(l -> assertThat(l.length()).isLessThan(COLUMNS));
    }
  }

  @Test
  void aBenchOfADataSetWithoutStatisticsIsRefused() {
    var missing = run("bench search --model synthetic --planned monday --judged friday");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("friday");
  }
}
