package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a user gets wrong is one line that names it, a second line of advice, and exit 1 or 2.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UserErrorsTest {

  private static final String FORMATS =
      "vllm, sglang, npz, sglang-recorder, expert-fingerprinting, json-rows, csv, parquet, npy,"
          + " tensorrt-llm, imatrix, sglang-counts, vllm-load";

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  private Path folder;
  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    lake = folder.resolve("lake").toString();
    Coterie.ingestSample(lake, "monday", "2026-01-05");
  }

  private void wrong(int exitCode, String message, String advice, String... command) {
    var result = Coterie.run(command);
    assertThat(result.err()).isEqualTo("error: " + message + "\n  " + advice + "\n");
    assertThat(result.exitCode()).isEqualTo(exitCode);
  }

  private String[] ingest(String... more) {
    var command = new ArrayList<>(List.of("ingest", "--lake", lake, "--dataset", "new"));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  private String[] plan(String... more) {
    var command = new ArrayList<>(List.of("plan", "--lake", lake, "--gpus", "8", "--name", "p"));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  @Test
  void noSuchFile() {
    wrong(
        1,
        "no file '/nowhere/trace.jsonl'",
        "maybe a typing error, or the wrong folder",
        ingest("--model", "gpt-oss-20b", "/nowhere/trace.jsonl"));
  }

  @Test
  void anEmptyFolder() throws IOException {
    var empty = Files.createDirectory(folder.resolve("empty"));
    wrong(
        1,
        "folder '%s' holds no trace".formatted(empty),
        "files that begin with '.' or '_' are passed over",
        ingest("--model", "gpt-oss-20b", empty.toString()));
  }

  @Test
  void aFileThatIsNoTrace() throws IOException {
    var file = Files.writeString(folder.resolve("readme.txt"), "Hello.\n");
    wrong(
        1,
        "cannot tell the format of '%s'".formatted(file),
        "give --format, one of: " + FORMATS,
        ingest("--model", "gpt-oss-20b", file.toString()));
  }

  @Test
  void aTraceOfAnotherModel() {
    var result =
        Coterie.run(
            ingest("--model", "qwen3-30b-a3b", SAMPLE.resolve("2026-01-05.jsonl.gz").toString()));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err().lines())
        .containsExactly(
            "error: no token of %s fits model qwen3-30b-a3b"
                .formatted(SAMPLE.resolve("2026-01-05.jsonl.gz")),
            "  does not fit the model: 2026-01-05.jsonl.gz, record 1: 12 layers x top-4, model"
                + " qwen3-30b-a3b has 48 x top-8");
    assertThat(result.out()).contains("records   250 read = 0 kept + 250 rejected");
  }

  @Test
  void anUnknownModel() {
    var result =
        Coterie.run(ingest("--model", "gpt-7", SAMPLE.resolve("2026-01-05.jsonl.gz").toString()));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .startsWith(
            "error: unknown model 'gpt-7', and the traces do not state its shape\n"
                + "  give --model-file FILE, or one of: deepseek-moe-16b, ");
  }

  @Test
  void aFolderInThePlaceOfAFile() {
    wrong(
        1,
        "cannot read '%s' as a file".formatted(folder),
        "give two files of vLLM responses",
        "bench",
        "generator",
        "--model",
        "gpt-oss-20b",
        folder.toString(),
        folder.toString());
  }

  @Test
  void aShapeAndTheOptionsOfAnother() {
    wrong(
        2,
        "--layers with --model",
        "the shape is that of the model, and --tokens says how many requests are made up",
        "generate",
        "--out",
        folder.resolve("traces").toString(),
        "--days",
        "2026-01-05",
        "--model",
        "gpt-oss-20b",
        "--tokens",
        "1K",
        "--layers",
        "3");
  }

  @Test
  void unknownOptionsAndCommands() {
    wrong(
        2,
        "Unknown option: '--frmat'",
        "see coterie ingest --help",
        ingest("--model", "m", "--frmat", "vllm", "x"));
    wrong(
        2,
        "unknown --format 'vlm'",
        "one of: auto, " + FORMATS,
        ingest("--model", "m", "--format", "vlm", "x"));
    wrong(2, "Missing required option: '--model=NAME'", "see coterie ingest --help", ingest("x"));
    var command = Coterie.run("plann");
    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).startsWith("error: Unmatched argument at index 0: 'plann'");
    wrong(
        2,
        "unknown --planner 'best'",
        "one of: contiguous, round-robin, random, eplb, eplb-hierarchical, lpt, load-balance,"
            + " load-balance-hierarchical, affinity, coactivation-greedy, exhaustive, local-search",
        plan(
            "--slots-per-gpu",
            "4",
            "--model",
            "synthetic",
            "--datasets",
            "d",
            "--planner",
            "best"));
    wrong(
        2,
        "--slots-per-gpu is 0",
        "must be at least 1",
        plan("--slots-per-gpu", "0", "--model", "synthetic", "--datasets", "monday"));
  }

  @Test
  void noLake() {
    var nowhere = folder.resolve("nowhere").toString();
    wrong(
        1,
        "no lake in '%s'".formatted(nowhere),
        "coterie ingest makes one; see coterie ingest --help",
        "analyze",
        "--lake",
        nowhere);
    wrong(
        2,
        "the lake 's3a://bucket/lake' is not a local folder, and no --catalog is given",
        "the catalog of a local lake is a file and serves one host; name a database with"
            + " --catalog jdbc:postgresql://HOST/DATABASE, or give --lake a local folder",
        "sql",
        "--lake",
        "s3a://bucket/lake",
        "SELECT 1");
  }

  @Test
  void namesThatTheLakeDoesNotHave() {
    wrong(
        2,
        "the lake has no model 'gpt-oss-20b'",
        "it has: synthetic",
        plan("--slots-per-gpu", "4", "--model", "gpt-oss-20b", "--datasets", "monday"));
    wrong(
        2,
        "model synthetic has no data set 'friday'",
        "it has: monday",
        plan("--slots-per-gpu", "4", "--model", "synthetic", "--datasets", "friday"));
    wrong(
        2,
        "the lake has no plan 'p'",
        "coterie plan makes one",
        "export",
        "--lake",
        lake,
        "--plan",
        "p",
        "--format",
        "sglang",
        "--out",
        "p.json");
    wrong(
        2,
        "cannot run the query: The table or view `nothing` cannot be found",
        "SHOW TABLES and SHOW VIEWS list what there is",
        "sql",
        "--lake",
        lake,
        "SELECT * FROM nothing");
  }

  @Test
  void statisticsThatAreNotThere() {
    wrong(
        1,
        "data set 'monday' has no statistics yet",
        "run: coterie analyze --model synthetic",
        plan("--slots-per-gpu", "4", "--model", "synthetic", "--datasets", "monday"));
  }

  @Test
  void fewerSlotsThanExperts() {
    var analyzed = folder.resolve("analyzed").toString();
    Coterie.ingestSample(analyzed, "monday", "2026-01-05");
    Coterie.run("analyze", "--lake", analyzed).ok();
    wrong(
        2,
        "8 GPUs x 3 slots = 24 slots for 32 experts, 8 too few",
        "at least 4 slots per GPU are needed",
        "plan",
        "--lake",
        analyzed,
        "--gpus",
        "8",
        "--slots-per-gpu",
        "3",
        "--name",
        "p",
        "--model",
        "synthetic",
        "--datasets",
        "monday");
    wrong(
        1,
        "data set 'monday' has no verify tokens".replace("verify", "prefill"),
        "give --phase, one of: decode",
        "plan",
        "--lake",
        decodeOnly(),
        "--gpus",
        "8",
        "--slots-per-gpu",
        "4",
        "--name",
        "p",
        "--model",
        "synthetic",
        "--datasets",
        "monday",
        "--phase",
        "prefill");
  }

  /** A lake whose only request has no prompt rows. */
  private String decodeOnly() {
    var other = folder.resolve("decode-only").toString();
    try {
      var line =
          """
          {"id": "r", "choices": [{"routed_experts": "%s"}], \
          "usage": {"prompt_tokens": 9, "completion_tokens": 2}}
          """
              .formatted(oneToken());
      var file = Files.writeString(folder.resolve("one.jsonl"), line);
      Coterie.run(
              "ingest",
              "--lake",
              other,
              "--model",
              "synthetic",
              "--dataset",
              "monday",
              "--model-file",
              SAMPLE.resolve("model.json").toString(),
              file.toString())
          .ok();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Coterie.run("analyze", "--lake", other).ok();
    return other;
  }

  private static String oneToken() {
    var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 12, 4), }";
    var npy = new ByteArrayOutputStream();
    npy.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
    npy.writeBytes(
        (header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.ISO_8859_1));
    for (int layer = 0; layer < 12; layer++) {
      npy.writeBytes(new byte[] {0, 1, 2, 3});
    }
    return Base64.getEncoder().encodeToString(npy.toByteArray());
  }

  @Test
  void aModelThatChangedItsShape() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("other.json"), "{\"hidden_layers\": 12, \"experts\": 64, \"top_k\": 4}");
    var result =
        Coterie.run(
            ingest(
                "--model",
                "synthetic",
                "--model-file",
                file.toString(),
                SAMPLE.resolve("2026-01-06.jsonl.gz").toString()));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("error: model synthetic (revision main) is in the lake with another shape");
  }

  @Test
  void aLakeOfAnotherVersion() {
    var old = folder.resolve("old").toString();
    Coterie.ingestSample(old, "monday", "2026-01-05");
    Coterie.run(
            "sql",
            "--lake",
            old,
            "ALTER TABLE routing SET TBLPROPERTIES ('coterie.schema-version'='99')")
        .ok();
    wrong(
        1,
        "table routing of lake %s has schema version 99, this Coterie reads 1".formatted(old),
        "use the Coterie that wrote it, or ingest into a new lake",
        "analyze",
        "--lake",
        old);
  }

  @Test
  void helpStartsNoSpark() {
    for (String command :
        new String[] {
          "demo",
          "ingest",
          "analyze",
          "plan",
          "simulate",
          "sweep",
          "export",
          "import",
          "diff",
          "nightly",
          "sql",
          "generate"
        }) {
      var help = Coterie.run(command, "--help").ok();
      assertThat(help.out()).contains("Usage: coterie " + command).contains("Example:");
      assertThat(help.outLines()).allSatisfy(line -> assertThat(line.length()).isLessThan(101));
    }
    assertThat(org.apache.spark.sql.SparkSession.getActiveSession().isEmpty()).isTrue();
  }
}
