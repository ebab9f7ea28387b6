package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Plans out of one lake and back, as files of engines. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExchangeTest {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  private Path folder;
  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    lake = folder.resolve("lake").toString();
    run(
            "ingest",
            "--model",
            "synthetic",
            "--dataset",
            "monday",
            "--model-file",
            SAMPLE.resolve("model.json").toString(),
            SAMPLE.resolve("2026-01-05.jsonl.gz").toString())
        .ok();
    run("analyze").ok();
    plan("contiguous");
    plan("eplb");
  }

  private void plan(String planner) {
    run(
            "plan",
            "--model",
            "synthetic",
            "--datasets",
            "monday",
            "--gpus",
            "8",
            "--slots-per-gpu",
            "5",
            "--batch",
            "1",
            "--planner",
            planner,
            "--name",
            planner)
        .ok();
  }

  private Coterie.Result run(String command, String... more) {
    var line = new ArrayList<>(List.of(command, "--lake", lake));
    line.addAll(List.of(more));
    return Coterie.run(line.toArray(String[]::new));
  }

  private Coterie.Result export(String plan, String format, Path file) {
    return run("export", "--plan", plan, "--format", format, "--out", file.toString());
  }

  /** PyTorch's format there and back: the fingerprint says the rest. */
  @Test
  @Order(1)
  void anExportedPlanComesBackAsItself() {
    var file = folder.resolve("eplb.pt");
    var exported = export("eplb", "sglang-pt", file).ok();
    assertThat(exported.out())
        .contains("fingerprint eplb.pt.coterie.json")
        .contains("start SGLang with: --init-expert-location " + file)
        .contains("--ep-num-redundant-experts 8 --ep-dispatch-algorithm static")
        .contains("the plan was made for router 'exact'");
    assertThat(folder.resolve("eplb.pt.coterie.json"))
        .content()
        .contains("\"datasets\": [\"monday\"]")
        .contains("\"ranks\": 8")
        .contains("\"start_with\": \"--init-expert-location ");
    var imported = run("import", "--name", "back", file.toString()).ok();
    assertThat(imported.out())
        .contains("(sglang-pt, fingerprint fits): 8 GPUs x 5 slots, 12 layers");
    assertThat(run("diff", "eplb", "back").ok().out()).contains("  0 of 480 slots moved");
  }

  /** Judging an imported plan on what it was made from must still be noticed. */
  @Test
  @Order(2)
  void anImportedPlanKeepsWhatItWasMadeFrom() {
    var judged = run("simulate", "--plans", "back", "--datasets", "monday", "--batch", "1");
    assertThat(judged.exitCode()).isEqualTo(1);
    assertThat(judged.err())
        .startsWith("warning: plan 'back' is judged on what it was made from: data set monday");
  }

  /** The same slots without their fingerprint, as an engine would have written them. */
  @Test
  @Order(3)
  void anEnginesFileIsThePlacementInUse() throws IOException {
    var file = folder.resolve("running.npy");
    export("contiguous", "phy2log", folder.resolve("exported.npy")).ok();
    Files.copy(folder.resolve("exported.npy"), file);
    var unknown = run("import", "--name", "current", file.toString());
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err())
        .isEqualTo(
            """
            error: '%s' has no fingerprint beside it that says what it is
              give --format NAME
            """
                .formatted(file));
    var imported =
        run(
                "import",
                "--format",
                "phy2log",
                "--model",
                "synthetic",
                "--gpus",
                "8",
                "--name",
                "current",
                file.toString())
            .ok();
    assertThat(imported.out())
        .contains("(phy2log, no fingerprint)")
        .contains("what it was made from is unknown");
    assertThat(run("diff", "contiguous", "current").ok().out()).contains("  0 of 480 slots moved");
    assertThat(run("diff", "current", "eplb").ok().outLines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    assertThat(run("diff", "current", "eplb", "--json").ok().out())
        .startsWith("{\"from\":\"current\",\"to\":\"eplb\",\"slots\":480,\"slots_moved\":");
    // What it was made from is unknown, so that nothing warns.
    run("simulate", "--plans", "current", "--datasets", "monday", "--batch", "1").ok();
  }

  @Test
  @Order(4)
  void aChangedFileIsRefused() throws IOException {
    var file = folder.resolve("changed.json");
    export("eplb", "coterie", file).ok();
    var text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"seed\": 1", "\"seed\": 2"));
    var refused = run("import", "--name", "changed", file.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("error: '%s' has changed since it was exported".formatted(file))
        .endsWith(
            "  export plan 'eplb' again, or remove the fingerprint to import the file as it is\n");
    Files.writeString(file, text);
    run("import", "--name", "same", file.toString()).ok();
    assertThat(run("import", "--name", "same", file.toString()).err())
        .startsWith("error: the lake has a plan 'same' already");
  }

  /** In the first layer GPU 0 gets its first expert a second time. */
  @Test
  @Order(5)
  void twinsAreRefusedByNameOrRepairedAndCounted() throws IOException {
    export("contiguous", "vllm-list", folder.resolve("sound.json")).ok();
    var sound = Files.readString(folder.resolve("sound.json"));
    assertThat(sound).startsWith("[[0,1,2,3,4,");
    var file = folder.resolve("twins.json");
    Files.write(
        file, sound.replaceFirst("0,1,2,3,4", "0,1,2,3,0").getBytes(StandardCharsets.UTF_8));
    var twins =
        new String[] {
          "--format",
          "vllm-list",
          "--model",
          "synthetic",
          "--gpus",
          "8",
          "--name",
          "twins",
          file.toString()
        };
    // Expert 4 has another slot among the spares, 36.
    var refused = run("import", twins);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            """
            error: '%s', layer 0: GPU 0 holds expert 0 twice
              a twin is a wasted slot; --repair-twins gives it to another expert and counts it
            """
                .formatted(file));
    var repaired = new ArrayList<>(List.of(twins));
    repaired.add("--repair-twins");
    assertThat(run("import", repaired.toArray(String[]::new)).ok().out())
        .contains("  1 twins repaired:\n    layer 0: GPU 0 holds expert 0 twice\n");
  }
}
