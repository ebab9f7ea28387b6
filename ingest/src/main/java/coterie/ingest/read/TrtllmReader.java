package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.SafetensorsFile;
import coterie.ingest.container.SafetensorsFile.Tensor;
import coterie.ingest.container.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One file of TensorRT-LLM's expert statistics, of one rank: {@code rank{r}.safetensors} with a
 * tensor {@code {iteration}_{layer}} of counts {@code [experts]} for every engine iteration and MoE
 * layer; or {@code meta_info.json}, see {@link TrtllmMeta}.
 *
 * <p>NVIDIA/TensorRT-LLM @ 0fccc5b9, {@code tensorrt_llm/_torch/expert_statistic.py}; recorded with
 * {@code EXPERT_STATISTIC_ITER_RANGE}. Layers are numbered among all hidden layers. An iteration is
 * a record; its step is the iteration, its rank is that in the file's name. While the load balancer
 * is on, the engine counts its slots in place of experts, which cannot be placed: such a recording
 * shows by its number of slots and is refused.
 */
final class TrtllmReader implements TraceReader {

  private static final Pattern FILE = Pattern.compile("rank([0-9]{1,9})\\.safetensors.*");

  /** Without leading zeros, so that no two names mean the same. */
  private static final Pattern TENSOR = Pattern.compile("(0|[1-9][0-9]{0,17})_(0|[1-9][0-9]{0,8})");

  /** How such a file begins; other tools keep models' weights in files of this kind. */
  private static final Pattern BEGIN =
      Pattern.compile(
          "(?s).{8}\\s*\\{\\s*(\"__metadata__\"\\s*:\\s*\\{[^}]*\\}\\s*,\\s*)?"
              + "\"[0-9]+_[0-9]+\"\\s*:\\s*\\{");

  private final InputStream in;
  private final Integer rank;
  private final ReadContext context;
  private final Queue<String> strangers = new ArrayDeque<>();
  private final SortedMap<Long, SortedMap<Integer, Tensor>> byIteration = new TreeMap<>();
  private Iterator<Map.Entry<Long, SortedMap<Integer, Tensor>>> iterations;
  private Spool spool;
  private SafetensorsFile file;
  private long number;

  TrtllmReader(String fileName, InputStream in, ReadContext context) {
    this.in = in;
    this.rank = rank(fileName);
    this.context = context;
  }

  /** True if the header's first tensor is named as TensorRT-LLM names them. */
  static boolean recognises(TraceHead head) {
    return BEGIN.matcher(head.text()).lookingAt();
  }

  private static Integer rank(String fileName) {
    var matcher = FILE.matcher(fileName == null ? "" : fileName);
    return matcher.matches() ? Integer.valueOf(matcher.group(1)) : null;
  }

  @Override
  public Optional<TraceRecord> next() {
    if (iterations == null) {
      var problem = Attempt.at(1, this::open);
      iterations = byIteration.entrySet().iterator();
      if (problem != null) {
        return Optional.of(problem);
      }
    }
    if (iterations.hasNext()) {
      var iteration = iterations.next();
      number++;
      return Optional.of(
          Attempt.at(number, () -> counted(iteration.getKey(), iteration.getValue())));
    }
    return Optional.ofNullable(strangers.poll()).map(this::stranger);
  }

  private TraceRecord open() throws IOException, MalformedException, RejectedException {
    spool = Spool.of(in);
    if (TrtllmMeta.begins(spool)) {
      TrtllmMeta.parse(spool).requireFit(context.model());
      return null;
    }
    file = SafetensorsFile.parse(spool);
    for (var tensor : file.tensors()) {
      var matcher = TENSOR.matcher(tensor.name());
      if (matcher.matches()) {
        byIteration
            .computeIfAbsent(Long.valueOf(matcher.group(1)), iteration -> new TreeMap<>())
            .put(Integer.valueOf(matcher.group(2)), tensor);
      } else {
        strangers.add(tensor.name());
      }
    }
    return null;
  }

  private TraceRecord stranger(String name) {
    number++;
    return new TraceRecord.Rejected(
        number,
        IssueReason.MALFORMED,
        "tensor '%s' is not named {iteration}_{layer}".formatted(name));
  }

  private TraceRecord counted(long iteration, SortedMap<Integer, Tensor> byLayer)
      throws IOException, MalformedException, RejectedException {
    requireLayers(iteration, byLayer);
    var model = context.model();
    var layers = model.moeLayers();
    var counts = new long[layers.size()][];
    for (int layer = 0; layer < counts.length; layer++) {
      var tensor = byLayer.get(layers.get(layer));
      requireExperts(tensor);
      counts[layer] = file.integers(tensor);
    }
    var loads =
        LoadCounts.of(
            model,
            RunOrigin.pass(iteration, rank),
            context.phase().orElse(null),
            layers.size(),
            model.experts(),
            (layer, expert) -> counts[layer][expert]);
    return new TraceRecord.Counted(number, loads);
  }

  private void requireLayers(long iteration, SortedMap<Integer, Tensor> byLayer)
      throws RejectedException {
    var model = context.model();
    for (int layer : model.moeLayers()) {
      if (!byLayer.containsKey(layer)) {
        throw new RejectedException(
            IssueReason.SHAPE,
            "iteration %d lacks layer %d of model %s".formatted(iteration, layer, model.name()));
      }
    }
    // All of the model's are there, so there are others if there are more.
    if (byLayer.size() > model.moeLayers().size()) {
      var others = new TreeMap<>(byLayer);
      model.moeLayers().forEach(others::remove);
      throw new RejectedException(
          IssueReason.SHAPE,
          "iteration %d has layer %d, which is no MoE layer of model %s"
              .formatted(iteration, others.firstKey(), model.name()));
    }
  }

  private void requireExperts(Tensor tensor) throws RejectedException {
    var model = context.model();
    if (tensor.shape().size() != 1) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "tensor '%s' of shape %s, expected [%d]"
              .formatted(tensor.name(), tensor.shape(), model.experts()));
    }
    if (tensor.shape().get(0) != model.experts()) {
      throw TrtllmMeta.slots(
          "tensor '%s' counts %d".formatted(tensor.name(), tensor.shape().get(0)), model);
    }
  }

  @Override
  public void close() throws IOException {
    if (spool != null) {
      spool.close();
    }
  }
}
