package coterie.jobs;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Traces by day, a lake, and the settings of nights over them, in one folder. */
final class NightFolder {

  private static final List<String> TABLES =
      List.of(
          "routing",
          "source",
          "issue",
          "model",
          "expert_load",
          "coactivation",
          "expert_subset",
          "expert_set",
          "transition",
          "load_window",
          "union_size",
          "drift",
          "similarity",
          "counted",
          "plan",
          "plan_layer",
          "replay",
          "published");

  private final Path folder;
  private final Path lake;

  NightFolder(Path folder) throws IOException {
    this(folder, folder.resolve("lake"));
  }

  NightFolder(Path folder, Path lake) throws IOException {
    this.folder = folder;
    this.lake = lake;
    configure("");
  }

  String lake() {
    return lake.toString();
  }

  Path config() {
    return folder.resolve("nightly-%s.yaml".formatted(lake.getFileName()));
  }

  /** Where this lake's plan files are. */
  Path plans() {
    return folder.resolve("plans-" + lake.getFileName());
  }

  void traces(String day, Path file) throws IOException {
    var of = Files.createDirectories(folder.resolve("traces").resolve(day));
    Files.copy(file, of.resolve("a.jsonl.gz"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The first requests of a file only: what a test of processes needs no more of. */
  void few(String day, Path file, int requests) throws IOException {
    var of = Files.createDirectories(folder.resolve("traces").resolve(day));
    try (var in = new GZIPInputStream(Files.newInputStream(file));
        var out = new GZIPOutputStream(Files.newOutputStream(of.resolve("a.jsonl.gz")))) {
      var lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().limit(requests);
      out.write((lines.collect(joining("\n")) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The same requests under other ids: another file, of the same tokens. */
  void renamed(String day, Path file, String prefix) throws IOException {
    var of = Files.createDirectories(folder.resolve("traces").resolve(day));
    try (var in = new GZIPInputStream(Files.newInputStream(file));
        var out = new GZIPOutputStream(Files.newOutputStream(of.resolve("a.jsonl.gz")))) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      out.write(text.replace("{\"id\":\"", "{\"id\":\"" + prefix).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The settings, with more lines at the end. */
  void configure(String more) throws IOException {
    var text =
        """
        name: chat
        lake: %4$s
        model: {name: synthetic, file: %2$s}
        sources:
          - {dataset: chat, paths: ['%1$s/traces/{day}/*.jsonl.gz']}
        cluster: {gpus: 8, slots_per_gpu: 5}
        batches: {1: 0.5, 4: 0.5}
        plan: {steps: 300, proposals: 2000}
        export: {folder: %5$s, formats: [sglang, coterie]}
        %3$s
        """
            .formatted(
                folder, Coterie.root().resolve("data/sample/model.json"), more, lake, plans());
    Files.writeString(config(), text);
  }

  /**
   * What readers see of the nights' data set: rows and a fingerprint of each table, moments of
   * writing and names of runs left out.
   */
  Map<String, String> tables() {
    try (var lake = new Questions(lake())) {
      return tables(lake, TABLES);
    }
  }

  static Map<String, String> tables(Questions lake, List<String> names) {
    var tables = new TreeMap<String, String>();
    for (String table : names) {
      var all = List.of(lake.spark().table(table).columns());
      var columns =
          all.stream()
              .filter(column -> !column.endsWith("_at") && !column.equals("run"))
              .collect(joining(", "));
      var ours = all.contains("dataset") ? "WHERE dataset = 'chat'" : "";
      tables.put(
          table,
          lake.ask(
                  "SELECT count(*), coalesce(bit_xor(xxhash64(%s)), 0) FROM %s %s"
                      .formatted(columns, table, ours))
              .get(0));
    }
    return tables;
  }

  /** Branches that nights left behind. */
  List<String> branches() {
    var left = new ArrayList<String>();
    try (var lake = new Questions(lake())) {
      for (String table : TABLES) {
        left.addAll(
            lake.ask("SELECT name FROM lake.moe.%s.refs WHERE name <> 'main'".formatted(table)));
      }
    }
    return left;
  }
}
