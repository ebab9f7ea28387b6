package coterie.ingest.read;

import coterie.ingest.container.ElementType;
import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * One NumPy array: integers {@code [T, layers, k]} are the experts of T tokens, one record from
 * position 0 on without an id; integers or floats {@code [layers, experts]} are counts, one record,
 * and {@code [passes, layers, experts]} one for each pass.
 *
 * <p>The last extent tells tokens from passes; where the model activates all its experts it cannot,
 * and integers are tokens. The array is held in memory, as {@link NpyArray} has it.
 */
final class NpyReader implements TraceReader {

  private static final int MAX_BYTES = Integer.MAX_VALUE - 64;

  private final InputStream in;
  private final ReadContext context;
  private boolean opened;
  private NpyArray counts;
  private int passes;
  private int pass;

  NpyReader(InputStream in, ReadContext context) {
    this.in = in;
    this.context = context;
  }

  @Override
  public Optional<TraceRecord> next() {
    if (!opened) {
      opened = true;
      var record = Attempt.at(1, this::open);
      if (record != null) {
        return Optional.of(record);
      }
    }
    if (pass == passes) {
      return Optional.empty();
    }
    pass++;
    return Optional.of(Attempt.at(pass, this::counted));
  }

  /** The record of tokens; null if there are counts to read. */
  private TraceRecord open() throws IOException, MalformedException, RejectedException {
    var bytes = in.readNBytes(MAX_BYTES);
    MalformedException.unless(bytes.length < MAX_BYTES, "array exceeds %d bytes", MAX_BYTES);
    var array = NpyArray.parse(bytes);
    var model = context.model();
    int last = array.dimensions() == 0 ? 0 : array.extent(array.dimensions() - 1);
    if (array.dimensions() == 3 && array.type().isInteger() && last == model.topK()) {
      return tokens(IdArray.of(array));
    }
    boolean matrix = array.dimensions() == 2 || array.dimensions() == 3;
    if (!matrix || last != model.experts()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "array of shape %s and dtype %s is neither [tokens, layers, %d] of integers nor counts"
                  .formatted(array.shapeText(), array.type().descr(), model.topK())
              + " [layers, %d] of model %s".formatted(model.experts(), model.name()));
    }
    MalformedException.unless(
        array.type() != ElementType.F2, "counts of dtype <f2 are rounded from 2,048 on");
    if (!array.data().hasRemaining()) {
      throw new RejectedException(IssueReason.EMPTY, "array of shape " + array.shapeText());
    }
    counts = array;
    passes = array.dimensions() == 2 ? 1 : array.extent(0);
    return null;
  }

  private TraceRecord tokens(IdArray ids) throws RejectedException {
    var model = context.model();
    if (ids.layers() != model.moeLayers().size() && ids.layers() != model.hiddenLayers()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d layers x top-%d, model %s has %d MoE layers of %d x top-%d"
              .formatted(
                  ids.layers(),
                  ids.topK(),
                  model.name(),
                  model.moeLayers().size(),
                  model.hiddenLayers(),
                  model.topK()));
    }
    var phase =
        context
            .phase()
            .orElseThrow(
                () ->
                    new RejectedException(
                        IssueReason.PHASE_UNKNOWN, "an .npy of tokens does not say it"));
    var run = new RoutedRun(RunOrigin.UNKNOWN, phase, 0, ids, null, 0, ids.rows());
    return new TraceRecord.Routed(1, List.of(run));
  }

  private TraceRecord counted() throws MalformedException, RejectedException {
    int layers = counts.extent(counts.dimensions() - 2);
    int experts = context.model().experts();
    var whole = new long[layers * experts];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = count((pass - 1) * whole.length + i, i / experts, i % experts);
    }
    return new TraceRecord.Counted(
        pass,
        LoadCounts.of(
            context.model(),
            RunOrigin.UNKNOWN,
            context.phase().orElse(null),
            layers,
            experts,
            (layer, expert) -> whole[layer * experts + expert]));
  }

  private long count(int at, int row, int expert) throws MalformedException {
    return counts.type().isInteger()
        ? counts.integer(at)
        : WholeNumber.of(counts.number(at), () -> "expert %d in row %d".formatted(expert, row));
  }
}
