package coterie.jobs.scenario;

import coterie.ingest.error.UserError;
import coterie.ingest.model.ModelPresets;
import coterie.ingest.read.ReadContext;
import coterie.ingest.read.RoutedRun;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.read.TraceInput;
import coterie.ingest.read.TracePart;
import coterie.ingest.read.TraceRecord;
import coterie.planner.model.RequestTokens;
import coterie.planner.model.TokenSets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers of gpt-oss-20b from recorded responses of vLLM. */
final class RecordedLayers {

  static final String MODEL = "gpt-oss-20b";

  private RecordedLayers() {}

  /**
   * Planned on {@code mmlu_test}, judged on {@code mmlu_dev}.
   *
   * @param traces folder that holds {@code gpt-oss-20b/vllm}
   */
  static List<LayerData> read(Path traces, int wanted) {
    var model = ModelPresets.find(MODEL).orElseThrow();
    var layers = LayerData.evenly(model.moeLayers().size(), wanted);
    var folder = traces.resolve(MODEL).resolve("vllm");
    var planning = tokens(folder.resolve("mmlu_test.jsonl.gz"), layers);
    var judged = tokens(folder.resolve("mmlu_dev.jsonl.gz"), layers);
    var data = new ArrayList<LayerData>();
    for (int i = 0; i < layers.size(); i++) {
      data.add(LayerData.of(model.moeLayers().get(layers.get(i)), planning.get(i), judged.get(i)));
    }
    return data;
  }

  private static List<RequestTokens> tokens(Path file, List<Integer> layers) {
    if (!Files.isRegularFile(file)) {
      throw UserError.usage(
          "no recorded trace '%s'".formatted(file),
          "scenarios 1, 2, 3 and 8 read gpt-oss-20b from --traces or COTERIE_TRACES");
    }
    var model = ModelPresets.find(MODEL).orElseThrow();
    var builders = layers.stream().map(layer -> TokenSets.builder(model.experts())).toList();
    var first = new ArrayList<Integer>(List.of(0));
    var part =
        new TracePart(
            file.getFileName().toString(), () -> TraceInput.decompress(Files.newInputStream(file)));
    try (var reader = TraceFormat.VLLM.open(List.of(part), new ReadContext(model, "decode"))) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        if (next.get() instanceof TraceRecord.Routed routed) {
          int tokens = 0;
          for (var run : routed.runs()) {
            add(run, layers, builders);
            tokens += run.tokens();
          }
          if (tokens > 0) {
            first.add(first.get(first.size() - 1) + tokens);
          }
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    var begins = first.stream().mapToInt(Integer::intValue).toArray();
    return builders.stream().map(b -> new RequestTokens(b.build(), begins)).toList();
  }

  private static void add(RoutedRun run, List<Integer> layers, List<TokenSets.Builder> builders) {
    var set = new int[run.topK()];
    for (int token = 0; token < run.tokens(); token++) {
      for (int i = 0; i < layers.size(); i++) {
        for (int k = 0; k < set.length; k++) {
          set[k] = run.id(token, layers.get(i), k);
        }
        Arrays.sort(set);
        builders.get(i).add(set, 1);
      }
    }
  }
}
