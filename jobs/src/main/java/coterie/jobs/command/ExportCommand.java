package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.export.EngineStart;
import coterie.jobs.export.Fingerprint;
import coterie.jobs.export.PlanFormat;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie export}. */
@Command(
    name = "export",
    description = "Write a plan in the format that a serving engine loads.",
    footer = {
      "",
      "Formats:",
      "  sglang        JSON for --init-expert-location, all hidden layers",
      "  sglang-pt     the same as a file of PyTorch",
      "  tensorrt-llm  YAML for moe_config.load_balancer, hidden-layer ids",
      "  vllm-ascend   JSON for expert_map_path",
      "  vllm-mapping  JSON line of open pull request 41141 of vLLM: PROVISIONAL",
      "  vllm-list     JSON list of open pull request 49572 of vLLM: PROVISIONAL",
      "  phy2log       .npy int64 [MoE layers, slots], as DeepSeek's EPLB returns it",
      "  omni          .npy int32 [devices, MoE layers, experts] of omni-infer",
      "  coterie       JSON of our own, with what the plan was made from",
      "",
      "Beside FILE, FILE.coterie.json says what the plan was made from, the checksum of FILE, and",
      "what the engine must be told; coterie import checks it.",
      "",
      "Example:",
      "  coterie export --lake lake --plan tonight --format sglang --out tonight.json"
    })
final class ExportCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--plan", paramLabel = "P", required = true, description = "Plan to write.")
  private String plan;

  @Option(names = "--format", paramLabel = "NAME", required = true, description = "See below.")
  private String format;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "File to write.")
  private Path out;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    var planFormat = PlanFormat.require(format);
    planFormat.requireEnding(out);
    byte[] bytes;
    Plan loaded;
    EngineStart start;
    try (OpenLake lake = lakeOptions.open()) {
      loaded = new PlanStore(lake.spark()).load(plan);
      var header = loaded.header();
      var model = new Selector(lake.spark()).model(header.model(), Optional.of(header.revision()));
      bytes = planFormat.bytes(loaded, model);
      start = planFormat.start(out, loaded, model);
    }
    var beside = Fingerprint.beside(out);
    var fingerprint = Fingerprint.of(planFormat, bytes, loaded.header());
    write(out, bytes);
    write(beside, fingerprint.json(out.getFileName().toString(), start));
    System.out.printf(
        "export '%s' as %s to %s: %,d bytes, %s; fingerprint %s%n",
        plan, planFormat.label(), out, bytes.length, watch, beside.getFileName());
    print(start, loaded.header().router());
    return 0;
  }

  private static void print(EngineStart start, String router) {
    if (start.engine().isEmpty()) {
      return;
    }
    System.out.printf("  start %s with: %s%n", start.engine(), start.options());
    start.notes().forEach(note -> System.out.println("  " + note));
    System.out.printf("  the plan was made for router '%s'%n", router);
  }

  /** Written beside and moved, so that no engine ever loads half a file. */
  private static void write(Path file, byte[] bytes) {
    var folder = file.toAbsolutePath().getParent();
    try {
      var partial = Files.createTempFile(folder, file.getFileName().toString(), ".partial");
      Files.write(partial, bytes);
      Files.move(
          partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw UserError.data(
          "cannot write '%s': %s".formatted(file, failure.getMessage()),
          "--out must be a file in a folder that is there and that you may write");
    }
  }
}
