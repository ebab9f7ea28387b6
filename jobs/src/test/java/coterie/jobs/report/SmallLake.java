package coterie.jobs.report;

import coterie.jobs.Coterie;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Two days of the bundled sample, two plans, judged; every command asked for JSON. */
final class SmallLake {

  /** The name of the second data set wants to be a script. */
  static final String HOSTILE = "<script>alert(1)</script>";

  private final Path folder;
  private final List<String> receipts = new ArrayList<>();

  SmallLake(Path folder) {
    this.folder = folder;
    ingest("monday", "2026-01-05.jsonl.gz");
    ingest(HOSTILE, "2026-01-06.jsonl.gz");
    record("analyze");
    plan("eplb", "4", "eplb");
    plan("tonight", "5", "local-search", "--proposals", "500", "--steps", "256");
    record(
        "simulate --plans eplb,tonight --batch 1,4,16 --steps 2000 --datasets", List.of(HOSTILE));
  }

  private void ingest(String dataset, String file) {
    var sample = Coterie.root().resolve("data/sample");
    record(
        "ingest --model synthetic",
        List.of(
            "--dataset",
            dataset,
            "--model-file",
            sample.resolve("model.json").toString(),
            sample.resolve(file).toString()));
  }

  private void plan(String name, String slots, String planner, String... more) {
    record(
        ("plan --model synthetic --datasets monday --gpus 8 --slots-per-gpu %s --planner %s"
                + " --name %s")
            .formatted(slots, planner, name),
        List.of(more));
  }

  private void record(String command, List<String> more) {
    var options = Stream.concat(more.stream(), Stream.of("--json")).toArray(String[]::new);
    receipts.add(run(command, options).out());
  }

  private void record(String command) {
    record(command, List.of());
  }

  /** Runs a command, given by words, in this lake. */
  Coterie.Result run(String command, String... more) {
    var line = new ArrayList<>(List.of(command.split(" ", -1)));
    line.addAll(List.of(more));
    line.addAll(List.of("--lake", folder.toString()));
    return Coterie.run(line.toArray(String[]::new)).ok();
  }

  /** What the commands printed, in their order. */
  List<String> receipts() {
    return List.copyOf(receipts);
  }

  Path folder() {
    return folder;
  }
}
