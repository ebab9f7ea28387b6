package coterie.jobs.nightly;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;

/** What a run came to, for programs: JSON for schedulers, Prometheus text for monitoring. */
public final class RunSummary {

  private static final String PREFIX = "coterie_nightly_";

  private final String name;
  private final NightlyJob.Result result;
  private final int exitCode;

  public RunSummary(String name, NightlyJob.Result result, int exitCode) {
    this.name = name;
    this.result = result;
    this.exitCode = exitCode;
  }

  /** One object; {@code jobs/docs/nightly.md} names its fields. */
  public String json() {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("run", result.run()).put("name", name).put("exit_code", exitCode);
    var nights = root.putArray("nights");
    for (var night : result.nights()) {
      var object = nights.addObject();
      object.put("night", night.night().toString());
      object.put("status", night.failure().isPresent() ? "failed" : "done");
      object.put("plan", night.plan().orElse(null)).put("new_plan", night.newPlan());
      object.put("gain", night.gain().orElse(null));
      object.put("failure", night.failure().orElse(null));
      var stages = object.putArray("stages");
      for (var stage : night.stages()) {
        stages
            .addObject()
            .put("stage", stage.stage())
            .put("status", stage.status().label())
            .put("started_at", stage.started().toString())
            .put("seconds", stage.seconds())
            .put("rows", stage.rows())
            .put("decision", stage.decision());
      }
    }
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Gauges of the last night, as node_exporter's textfile collector reads them. */
  public String metrics() {
    var text = new StringBuilder();
    gauge(text, "exit_code", "Exit code of the last run", "", exitCode);
    if (result.nights().isEmpty()) {
      return text.toString();
    }
    var night = result.nights().get(result.nights().size() - 1);
    gauge(text, "success", "1 if the last night was published", "", bit(night.failure().isEmpty()));
    gauge(
        text,
        "night_timestamp_seconds",
        "The day of the last night",
        "",
        night.night().toEpochDay() * 86_400.0);
    gauge(text, "new_plan", "1 if the last night changed the plan", "", bit(night.newPlan()));
    night
        .gain()
        .ifPresent(gain -> gauge(text, "gain_ratio", "Share of the cost in use saved", "", gain));
    header(text, "stage_seconds", "Seconds of each stage of the last night");
    night.stages().forEach(s -> sample(text, "stage_seconds", stage(s), s.seconds()));
    header(text, "stage_rows", "Rows of each stage of the last night");
    night.stages().forEach(s -> sample(text, "stage_rows", stage(s), (double) s.rows()));
    return text.toString();
  }

  private static double bit(boolean value) {
    return value ? 1 : 0;
  }

  private static String stage(StageReport stage) {
    return ",stage=\"%s\"".formatted(stage.stage());
  }

  private void gauge(StringBuilder text, String metric, String help, String label, double value) {
    header(text, metric, help);
    sample(text, metric, label, value);
  }

  private static void header(StringBuilder text, String metric, String help) {
    text.append("# HELP %s%s %s.\n# TYPE %1$s%2$s gauge\n".formatted(PREFIX, metric, help));
  }

  /** The name has no quote in it: it was checked when it was given. */
  private void sample(StringBuilder text, String metric, String label, double value) {
    text.append(
        String.format(Locale.ROOT, "%s%s{name=\"%s\"%s} %s\n", PREFIX, metric, name, label, value));
  }
}
