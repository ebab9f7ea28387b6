package coterie.jobs.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import coterie.jobs.generate.SyntheticModel;
import coterie.jobs.generate.SyntheticTrace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * The same two nights on standalone clusters of one and of two workers, each worker of one core:
 * seconds by stage.
 */
public final class WorkersBench {

  private static final LocalDate FIRST = LocalDate.of(2026, 1, 5);
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final int FILES_PER_DAY = 8;
  private static final long SEED = 7;

  private final Path folder;
  private final SyntheticModel model;
  private final int requests;

  /**
   * A benchmark.
   *
   * @param folder for traces, lakes and logs; must be there
   * @param requests a night
   */
  public WorkersBench(Path folder, SyntheticModel model, int requests) {
    this.folder = folder;
    this.model = model;
    this.requests = requests;
  }

  /**
   * Median seconds of a stage, both nights together.
   *
   * @param one with one worker
   * @param two with two
   */
  public record Stage(String name, double one, double two) {}

  /** Runs both clusters in turns, and one round before that is not counted. */
  public List<Stage> run(int rounds) throws IOException, InterruptedException {
    for (var day : List.of(FIRST, SECOND)) {
      writeTraces(day);
    }
    var seconds = List.of(new Samples(), new Samples());
    for (int round = 0; round <= rounds; round++) {
      for (int workers = 1; workers <= 2; workers++) {
        var stages = nights("%d-%d".formatted(round, workers), workers);
        if (round > 0) {
          seconds.get(workers - 1).add(stages);
        }
      }
    }
    return seconds.get(0).names().stream()
        .map(name -> new Stage(name, seconds.get(0).median(name), seconds.get(1).median(name)))
        .toList();
  }

  private static final class Samples {

    private final Map<String, List<Double>> byStage = new LinkedHashMap<>();

    void add(Map<String, Double> stages) {
      stages.forEach(
          (stage, value) -> byStage.computeIfAbsent(stage, s -> new ArrayList<>()).add(value));
    }

    List<String> names() {
      return List.copyOf(byStage.keySet());
    }

    double median(String stage) {
      var values = byStage.get(stage).stream().mapToDouble(Double::doubleValue).toArray();
      return StatUtils.percentile(values, 50);
    }
  }

  /** Several files: a compressed one is read by one task. */
  private void writeTraces(LocalDate day) throws IOException {
    var of = Files.createDirectories(folder.resolve("traces").resolve(day.toString()));
    Files.writeString(folder.resolve("model.json"), model.json());
    var all = new ByteArrayOutputStream();
    new SyntheticTrace(model, SEED).write(all, day, requests);
    var lines = all.toString(StandardCharsets.UTF_8).lines().toList();
    for (int file = 0; file < FILES_PER_DAY; file++) {
      try (var out =
          new GZIPOutputStream(Files.newOutputStream(of.resolve(file + ".jsonl.gz")), 1 << 16)) {
        for (int line = file; line < lines.size(); line += FILES_PER_DAY) {
          out.write((lines.get(line) + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private Map<String, Double> nights(String name, int workers)
      throws IOException, InterruptedException {
    var config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        """
        lake: %1$s/lake-%2$s
        model: {name: synthetic, file: %1$s/model.json}
        sources:
          - {dataset: made, paths: ['%1$s/traces/{day}/*.jsonl.gz']}
        cluster: {gpus: 8, slots_per_gpu: 5}
        """
            .formatted(folder, name));
    var summary = folder.resolve(name + ".json");
    var command = new ArrayList<>(List.of("nightly", "--config", config.toString()));
    command.addAll(List.of("--from", FIRST.toString(), "--to", SECOND.toString()));
    command.addAll(List.of("--summary", summary.toString()));
    try (var cluster = new StandaloneCluster(folder.resolve("cluster-" + name), workers, 1)) {
      cluster.run(name, command);
    }
    return stages(summary);
  }

  private static Map<String, Double> stages(Path summary) throws IOException {
    var seconds = new LinkedHashMap<String, Double>();
    for (var night : new ObjectMapper().readTree(Files.readString(summary)).get("nights")) {
      for (var stage : night.get("stages")) {
        seconds.merge(stage.get("stage").asText(), stage.get("seconds").doubleValue(), Double::sum);
      }
    }
    seconds.put("all", seconds.values().stream().mapToDouble(Double::doubleValue).sum());
    return seconds;
  }
}
