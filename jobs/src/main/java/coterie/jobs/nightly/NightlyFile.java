package coterie.jobs.nightly;

import coterie.ingest.WorkloadRule;
import coterie.ingest.error.UserError;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.export.PlanFormat;
import coterie.jobs.lake.Selection;
import coterie.jobs.nightly.NightlyConfig.Checks;
import coterie.jobs.nightly.NightlyConfig.Export;
import coterie.jobs.nightly.NightlyConfig.Model;
import coterie.jobs.nightly.NightlyConfig.Planning;
import coterie.jobs.nightly.NightlyConfig.Publishing;
import coterie.jobs.nightly.NightlyConfig.Retention;
import coterie.jobs.nightly.NightlyConfig.Source;
import coterie.jobs.plan.PlanStore;
import coterie.planner.algorithm.BatchShare;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.routing.RouterRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Reads {@link NightlyConfig} from YAML. */
public final class NightlyFile {

  private static final int DEFAULT_DAYS = 7;
  private static final long DEFAULT_STEPS = 8_192;
  private static final long DEFAULT_PROPOSALS = 30_000;
  private static final double DEFAULT_REJECTED = 0.01;
  private static final int MAX_NAME = 60;

  private NightlyFile() {}

  /**
   * Reads a file of any Hadoop file system.
   *
   * @throws UserError naming the file, the line, the key and the value that is wrong
   */
  public static NightlyConfig read(String file) {
    try {
      var path = new Path(file);
      try (var in = path.getFileSystem(new Configuration()).open(path)) {
        return parse(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw UserError.usage(
          "cannot read --config '%s'".formatted(file), "give a YAML file that is there");
    }
  }

  /** Understands the text of a file. */
  public static NightlyConfig parse(String file, String text) {
    var root = ConfigNode.parse(file, text);
    var config =
        new NightlyConfig(
            name(root),
            root.text("lake"),
            root.text("catalog"),
            model(root.requiredSection("model", "name the model: model: {name: gpt-oss-20b}")),
            sources(root),
            cluster(root.requiredSection("cluster", "cluster: {gpus: 8, slots_per_gpu: 5}")),
            mix(root),
            planning(root.section("plan")),
            checks(root.section("checks")),
            publishing(root.section("publish")),
            export(root.section("export")),
            retention(root.section("retention")));
    root.requireAllKnown();
    requirePlannerOfLimits(root, config.planning());
    return config;
  }

  private static String name(ConfigNode root) {
    var name = root.text("name").orElse("nightly");
    try {
      PlanStore.requireName(name);
    } catch (UserError wrong) {
      throw root.wrong("name", wrong.getMessage(), wrong.advice());
    }
    if (name.length() > MAX_NAME) {
      throw root.wrong(
          "name", "'%s' is too long".formatted(name), "at most %d letters".formatted(MAX_NAME));
    }
    return name;
  }

  private static Model model(ConfigNode node) {
    var model =
        new Model(
            node.requiredText("name", "a model that is built in, or any with file"),
            node.text("revision").orElse("main"),
            node.text("file"));
    node.requireAllKnown();
    return model;
  }

  private static List<Source> sources(ConfigNode root) {
    var sources = root.sections("sources").stream().map(NightlyFile::source).toList();
    if (sources.isEmpty()) {
      throw root.wrong(
          "sources", "is missing", "- {dataset: chat, paths: ['traces/{day}/*.jsonl.gz']}");
    }
    return sources;
  }

  private static Source source(ConfigNode node) {
    var paths = node.texts("paths");
    if (paths.isEmpty()) {
      throw node.wrong("paths", "is missing", "files, folders or globs with {day} in each");
    }
    for (String path : paths) {
      if (!path.contains(Source.DAY)) {
        throw node.wrong(
            "paths",
            "'%s' has no {day}".formatted(path),
            "a night reads the files of its day: traces/{day}/*.jsonl.gz");
      }
    }
    var source =
        new Source(
            node.requiredText("dataset", "a name for the data set"),
            paths,
            format(node),
            node.choice(
                "phase",
                phase -> find(phase, List.of(RoutingTable.PREFILL, RoutingTable.DECODE)),
                List.of(RoutingTable.PREFILL, RoutingTable.DECODE)),
            workload(node),
            flag(node, "rows"));
    node.requireAllKnown();
    return source;
  }

  private static Optional<TraceFormat> format(ConfigNode node) {
    var labels = Arrays.stream(TraceFormat.values()).map(TraceFormat::label).toList();
    return node.text("format").filter(name -> name.equals("auto")).isPresent()
        ? Optional.empty()
        : node.choice("format", TraceFormat::find, labels);
  }

  private static Optional<WorkloadRule> workload(ConfigNode node) {
    return node.text("workload")
        .map(
            rule -> {
              try {
                return WorkloadRule.parse(rule);
              } catch (UserError wrong) {
                throw node.wrong("workload", wrong.getMessage(), wrong.advice());
              }
            });
  }

  private static boolean flag(ConfigNode node, String key) {
    return node.choice(
            key, value -> find(value, List.of("true", "false")), List.of("true", "false"))
        .map(Boolean::parseBoolean)
        .orElse(false);
  }

  private static Optional<String> find(String value, List<String> values) {
    return values.stream().filter(value::equals).findFirst();
  }

  private static Cluster cluster(ConfigNode node) {
    var cluster = new Cluster(required(node, "gpus"), required(node, "slots_per_gpu"));
    node.requireAllKnown();
    return cluster;
  }

  private static int required(ConfigNode node, String key) {
    return whole(node, key, 1)
        .orElseThrow(() -> node.wrong(key, "is missing", "a whole number of at least 1"));
  }

  private static Optional<Integer> whole(ConfigNode node, String key, int least) {
    return node.whole(key, least).map(value -> (int) Math.min(value, Integer.MAX_VALUE));
  }

  private static List<BatchShare> mix(ConfigNode root) {
    var batches = root.section("batches");
    if (batches.isEmpty()) {
      return BatchShare.alike(List.of(1, 4, 16));
    }
    var node = batches.get();
    var mix = new ArrayList<BatchShare>();
    for (String key : node.keys()) {
      double share =
          node.number(key, Double.MIN_NORMAL, Double.MAX_VALUE)
              .orElseThrow(IllegalStateException::new);
      if (!key.matches("[1-9]\\d{0,5}")) {
        throw node.wrong(
            key,
            "'%s' is no number of tokens a step".formatted(key),
            "batches: {1: 0.5, 4: 0.3, 16: 0.2}, tokens a step and how much each counts");
      }
      mix.add(new BatchShare(Integer.parseInt(key), share));
    }
    if (mix.isEmpty()) {
      throw root.wrong("batches", "is empty", "batches: {1: 0.5, 4: 0.3, 16: 0.2}");
    }
    return List.copyOf(mix);
  }

  private static Planning planning(Optional<ConfigNode> section) {
    if (section.isEmpty()) {
      return new Planning(
          PlannerKind.LOCAL_SEARCH,
          RouterRule.EXACT,
          RoutingTable.DECODE,
          DEFAULT_DAYS,
          (int) DEFAULT_STEPS,
          DEFAULT_PROPOSALS,
          1,
          Optional.empty(),
          Optional.empty());
    }
    var node = section.get();
    var planners = Arrays.stream(PlannerKind.values()).map(PlannerKind::label).toList();
    var routers = Arrays.stream(RouterRule.values()).map(RouterRule::label).toList();
    var phases = List.of(RoutingTable.PREFILL, RoutingTable.DECODE, Selection.ALL_PHASES);
    var planning =
        new Planning(
            node.choice("planner", PlannerKind::find, planners).orElse(PlannerKind.LOCAL_SEARCH),
            node.choice("router", RouterRule::find, routers).orElse(RouterRule.EXACT),
            node.choice("phase", value -> find(value, phases), phases).orElse(RoutingTable.DECODE),
            whole(node, "days", 1).orElse(DEFAULT_DAYS),
            whole(node, "steps", 1).orElse((int) DEFAULT_STEPS),
            node.whole("proposals", 1).orElse(DEFAULT_PROPOSALS),
            node.whole("seed", Long.MIN_VALUE).orElse(1L),
            whole(node, "max_moved_slots", 0),
            node.number("max_imbalance", 1, Double.MAX_VALUE));
    node.requireAllKnown();
    return planning;
  }

  private static void requirePlannerOfLimits(ConfigNode root, Planning planning) {
    boolean limits = planning.mostMovedSlots().isPresent() || planning.mostImbalance().isPresent();
    if (limits && planning.planner() != PlannerKind.LOCAL_SEARCH) {
      throw root.wrong(
          "plan",
          "planner %s keeps no limits".formatted(planning.planner().label()),
          "planner: local-search does; or leave max_moved_slots and max_imbalance out");
    }
  }

  private static Checks checks(Optional<ConfigNode> section) {
    var checks =
        new Checks(
            section.flatMap(n -> n.number("max_rejected", 0, 1)).orElse(DEFAULT_REJECTED),
            section.flatMap(n -> n.whole("min_tokens", 0)).orElse(1L));
    section.ifPresent(ConfigNode::requireAllKnown);
    return checks;
  }

  private static Publishing publishing(Optional<ConfigNode> section) {
    var publishing =
        new Publishing(
            section.flatMap(n -> n.number("min_gain", 0, 1)).orElse(0.0),
            section.flatMap(n -> n.whole("max_moved_bytes", 0)));
    section.ifPresent(ConfigNode::requireAllKnown);
    return publishing;
  }

  private static Export export(Optional<ConfigNode> section) {
    if (section.isEmpty()) {
      return new Export(Optional.empty(), List.of());
    }
    var node = section.get();
    var labels = Arrays.stream(PlanFormat.values()).map(PlanFormat::label).toList();
    var formats = new ArrayList<PlanFormat>();
    for (String label : node.texts("formats")) {
      formats.add(
          PlanFormat.find(label)
              .orElseThrow(
                  () ->
                      node.wrong(
                          "formats",
                          "'%s' is unknown".formatted(label),
                          "some of: " + String.join(", ", labels))));
    }
    if (formats.isEmpty()) {
      throw node.wrong("formats", "is missing", "some of: " + String.join(", ", labels));
    }
    var export =
        new Export(
            Optional.of(node.requiredText("folder", "the folder that engines load from")), formats);
    node.requireAllKnown();
    return export;
  }

  private static Retention retention(Optional<ConfigNode> section) {
    var retention =
        new Retention(
            section.flatMap(n -> whole(n, "fact_days", 1)),
            section.flatMap(n -> whole(n, "snapshot_days", 0)));
    section.ifPresent(ConfigNode::requireAllKnown);
    return retention;
  }
}
