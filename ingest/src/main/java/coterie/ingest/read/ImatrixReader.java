package coterie.ingest.read;

import coterie.ingest.container.GgufFile;
import coterie.ingest.container.GgufFile.Tensor;
import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * llama.cpp's importance matrix as GGUF: {@code blk.N.ffn_{gate,up,down}_exps.weight.counts}, F32
 * {@code [1, experts]}, are the rows that hidden layer N routed to each expert. One record a file.
 *
 * <p>ggml-org/llama.cpp @ 006e7ef9, {@code tools/imatrix/imatrix.cpp}. The matrices of a layer are
 * multiplied for the same tokens and so have the same counts; one has to have them. Sums of squares
 * and dense tensors are passed over. The older {@code .dat} files, and what was converted from
 * them, have no counts of single experts.
 */
final class ImatrixReader implements TraceReader {

  private static final Pattern COUNTS =
      Pattern.compile("blk\\.([0-9]{1,6})\\.ffn_(?:gate|up|down|gate_up)_exps\\.weight\\.counts");

  /** Counts are kept as F32, which has 24 bits; sums of files are rounded once more each. */
  private static final double ROUNDING = 0x1p-20;

  /** The entry by which llama.cpp begins: key, type string, length of the value, value. */
  private static final String BEGIN = "general.type\u0008\0\0\0\u0007\0\0\0\0\0\0\0imatrix";

  private final InputStream in;
  private final ReadContext context;
  private final Map<Integer, long[]> byLayer = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private boolean done;

  ImatrixReader(InputStream in, ReadContext context) {
    this.in = in;
    this.context = context;
  }

  /** True if the metadata begin by saying so; GGUF files of models are no traces. */
  static boolean recognises(TraceHead head) {
    return head.startsWith('G', 'G', 'U', 'F') && head.text().contains(BEGIN);
  }

  @Override
  public Optional<TraceRecord> next() {
    if (done) {
      return Optional.empty();
    }
    done = true;
    return Optional.of(Attempt.at(1, this::counted));
  }

  private TraceRecord counted() throws IOException, MalformedException, RejectedException {
    var file = GgufFile.open(in);
    var type = file.text("general.type").orElse("nothing");
    MalformedException.unless(
        type.equals("imatrix"), "GGUF whose general.type is %s, expected imatrix", type);
    var tensors =
        file.tensors().stream()
            .filter(tensor -> matcher(tensor).matches())
            .sorted(Comparator.comparingLong(Tensor::offset))
            .toList();
    for (var tensor : tensors) {
      add(tensor, file);
    }
    return new TraceRecord.Counted(1, loads(context.model()));
  }

  private static Matcher matcher(Tensor tensor) {
    return COUNTS.matcher(tensor.name());
  }

  private void add(Tensor tensor, GgufFile file)
      throws IOException, MalformedException, RejectedException {
    var matcher = matcher(tensor);
    MalformedException.unless(matcher.matches(), "tensor '%s' counts nothing", tensor.name());
    int layer = Integer.parseInt(matcher.group(1));
    requireShape(layer, tensor);
    var counts = whole(tensor.name(), file.floats(tensor));
    var before = byLayer.putIfAbsent(layer, counts);
    if (before == null) {
      names.put(layer, tensor.name());
    } else {
      requireSame(names.get(layer), before, tensor.name(), counts);
    }
  }

  private void requireShape(int layer, Tensor tensor) throws RejectedException {
    var model = context.model();
    if (!model.moeLayers().contains(layer)) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s, but layer %d is no MoE layer of model %s"
              .formatted(tensor.name(), layer, model.name()));
    }
    var extents = tensor.extents();
    long last = extents.isEmpty() ? 1 : extents.get(extents.size() - 1);
    long all = extents.stream().reduce(1L, (a, b) -> a == 1 ? b : b == 1 ? a : -1);
    if (last != model.experts() || all != last) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s has shape %s, model %s has %d experts%s"
              .formatted(
                  tensor.name(),
                  extents,
                  model.name(),
                  model.experts(),
                  all == 1 ? "; a file converted from .dat has no counts of experts" : ""));
    }
  }

  private static long[] whole(String name, float[] counts) throws MalformedException {
    var whole = new long[counts.length];
    for (int i = 0; i < counts.length; i++) {
      int expert = i;
      whole[i] = WholeNumber.of(counts[i], () -> "expert %d in %s".formatted(expert, name));
    }
    return whole;
  }

  private static void requireSame(String name, long[] counts, String otherName, long[] others)
      throws RejectedException {
    for (int expert = 0; expert < counts.length; expert++) {
      long difference = Math.abs(counts[expert] - others[expert]);
      if (difference > ROUNDING * counts[expert]) {
        throw new RejectedException(
            IssueReason.SHAPE,
            "expert %d has %d rows in %s and %d in %s"
                .formatted(expert, counts[expert], name, others[expert], otherName));
      }
    }
  }

  private LoadCounts loads(ModelGeometry model) throws RejectedException {
    var layers = model.moeLayers();
    var missing = layers.stream().filter(layer -> !byLayer.containsKey(layer)).toList();
    if (!missing.isEmpty()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "no counts of %d of %d MoE layers of model %s: %s"
              .formatted(missing.size(), layers.size(), model.name(), missing));
    }
    return LoadCounts.of(
        model,
        RunOrigin.UNKNOWN,
        context.phase().orElse(null),
        layers.size(),
        model.experts(),
        (layer, expert) -> byLayer.get(layers.get(layer))[expert]);
  }
}
