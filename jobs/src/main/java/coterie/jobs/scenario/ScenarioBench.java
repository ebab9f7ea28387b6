package coterie.jobs.scenario;

import coterie.planner.profile.GpuSheet;
import coterie.planner.replay.StepSummary;
import java.util.ArrayList;
import java.util.List;

/** Plans and judges standard scenarios, layers side by side. */
public final class ScenarioBench {

  /**
   * A scenario's outcome.
   *
   * @param note what to expect; empty if there is nothing to say
   * @param attentionMeasured false if the attention is assumed
   * @param memory what the spares of each number of slots take from a GPU's cache, in words
   * @param rows all contenders, by batch size, rule, plan
   */
  public record Result(
      int number,
      String title,
      String note,
      boolean attentionMeasured,
      List<String> memory,
      List<ScenarioRow> rows) {}

  private static final double GIGABYTE = 1e9;

  private ScenarioBench() {}

  /** How many scenarios there are; their numbers begin with 1. */
  public static int count() {
    return Scenario.ALL.size();
  }

  /** Runs one scenario. */
  public static Result run(int number, ScenarioRequest request) {
    var scenario = Scenario.ALL.get(number - 1);
    var profile = request.profileOf(scenario);
    var data = scenario.model().data(request.traces(), request.layers(), request.seed());
    var layers =
        data.parallelStream().map(layer -> ScenarioRun.of(scenario, request, layer)).toList();
    return new Result(
        number,
        scenario.title(),
        scenario.note(),
        profile.attention().measured(),
        scenario.slots().stream()
            .filter(slots -> slots > scenario.slots().get(0))
            .map(slots -> memory(scenario, profile.gpu(), slots))
            .toList(),
        overLayers(layers));
  }

  private static String memory(Scenario scenario, GpuSheet gpu, int slots) {
    double bytes = scenario.spareBytes(slots);
    return "%d slots a GPU: spares take %,.0f bytes of each GPU's cache (%.2f GB, %.1f %% of %s)"
        .formatted(slots, bytes, bytes / GIGABYTE, 100 * bytes / gpu.memoryBytes(), gpu.name());
  }

  private static List<ScenarioRow> overLayers(List<List<ScenarioRow>> layers) {
    var rows = new ArrayList<ScenarioRow>();
    for (int i = 0; i < layers.get(0).size(); i++) {
      var first = layers.get(0).get(i);
      var summary = new StepSummary();
      for (var layer : layers) {
        summary.add(layer.get(i).summary());
      }
      rows.add(
          new ScenarioRow(
              first.batch(),
              first.attention(),
              first.router(),
              first.plan(),
              first.slots(),
              summary));
    }
    return rows;
  }
}
