package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import coterie.ingest.read.RoutedRun.GateWeights;
import coterie.ingest.table.RoutingTable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Plain NumPy arrays: {@code ids [T, layers, k]}, and where there are any {@code weights} of the
 * same shape, {@code request [T]}, {@code position [T]}, {@code phase [T]} (0 prefill, 1 decode).
 *
 * <p>A record is a stretch of tokens of one request. Without {@code request} the whole file is one
 * record without an id; without {@code position} tokens are counted from the start of the record.
 * Layers are those of {@code layer_ids}, or the model's MoE layers or hidden layers by their
 * number.
 */
final class NpzReader implements TraceReader {

  private static final int PREFILL = 0;
  private static final int DECODE = 1;

  private final InputStream in;
  private final ReadContext context;
  private boolean opened;
  private long number;
  private int next;
  private RoutedIds ids;
  private GateWeights weights;
  private Optional<NpyArray> request = Optional.empty();
  private Optional<NpyArray> position = Optional.empty();
  private Optional<NpyArray> phase = Optional.empty();

  NpzReader(InputStream in, ReadContext context) {
    this.in = in;
    this.context = context;
  }

  @Override
  public Optional<TraceRecord> next() {
    if (!opened) {
      opened = true;
      var problem = open();
      if (problem.isPresent()) {
        return problem;
      }
    }
    return ids == null || next == ids.rows() ? Optional.empty() : Optional.of(nextRequest());
  }

  private Optional<TraceRecord> open() {
    try {
      var arrays = NpzArrays.read(in);
      var read = IdArray.of(arrays.ids());
      checkShape(read, arrays.stated());
      request = arrays.perToken("request");
      position = arrays.perToken("position");
      phase = arrays.perToken("phase");
      weights = weights(arrays);
      ids = read;
      return Optional.empty();
    } catch (IOException failure) {
      return Optional.of(TraceRecord.Rejected.unreadable(1, failure));
    } catch (MalformedException malformed) {
      return rejected(IssueReason.MALFORMED, malformed.getMessage());
    } catch (RejectedException rejected) {
      return rejected(rejected.reason(), rejected.getMessage());
    }
  }

  private static Optional<TraceRecord> rejected(IssueReason reason, String detail) {
    return Optional.of(new TraceRecord.Rejected(1, reason, detail));
  }

  private static GateWeights weights(NpzArrays arrays) throws MalformedException {
    var weights = arrays.find("weights");
    if (weights.isEmpty()) {
      return null;
    }
    var given = weights.get();
    MalformedException.unless(
        given.shapeText().equals(arrays.ids().shapeText()) && !given.type().isInteger(),
        "weights of shape %s and dtype %s, expected %s of floats",
        given.shapeText(),
        given.type().descr(),
        arrays.ids().shapeText());
    return given::half;
  }

  private void checkShape(IdArray read, StatedShape stated) throws RejectedException {
    var model = context.model();
    boolean layersFit =
        stated.moeLayers() == null
            ? read.layers() == model.moeLayers().size() || read.layers() == model.hiddenLayers()
            : stated.moeLayers().equals(model.moeLayers())
                && read.layers() == model.moeLayers().size();
    boolean expertsFit = stated.experts() == null || stated.experts() == model.experts();
    if (stated.topK() != null && stated.topK() != read.topK()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "ids of top-%d, but the file states top-%d".formatted(read.topK(), stated.topK()));
    }
    if (!layersFit || !expertsFit || read.topK() != model.topK()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d layers x top-%d of %s experts, model %s has %d MoE layers x top-%d of %d"
              .formatted(
                  read.layers(),
                  read.topK(),
                  stated.experts() == null ? "?" : stated.experts(),
                  model.name(),
                  model.moeLayers().size(),
                  model.topK(),
                  model.experts()));
    }
  }

  private TraceRecord nextRequest() {
    number++;
    int first = next;
    do {
      next++;
    } while (next < ids.rows() && sameRequest(next));
    try {
      var runs = new ArrayList<RoutedRun>();
      for (int row = first; row < next; ) {
        int end = row + 1;
        while (end < next && continues(end)) {
          end++;
        }
        runs.add(run(first, row, end));
        row = end;
      }
      return new TraceRecord.Routed(number, runs);
    } catch (RejectedException rejected) {
      return new TraceRecord.Rejected(number, rejected.reason(), rejected.getMessage());
    }
  }

  private boolean sameRequest(int row) {
    return request.isEmpty() || request.get().integer(row) == request.get().integer(row - 1);
  }

  private boolean continues(int row) {
    boolean samePhase = phase.isEmpty() || phase.get().integer(row) == phase.get().integer(row - 1);
    boolean nextPosition =
        position.isEmpty() || position.get().integer(row) == position.get().integer(row - 1) + 1;
    return samePhase && nextPosition;
  }

  private RoutedRun run(int recordStart, int row, int end) throws RejectedException {
    var id = request.map(r -> Long.toString(r.integer(row))).orElse(null);
    long at = position.map(p -> p.integer(row)).orElse((long) (row - recordStart));
    if (at < 0 || at > Integer.MAX_VALUE - (end - row)) {
      throw new RejectedException(IssueReason.SHAPE, "position " + at);
    }
    return new RoutedRun(
        RunOrigin.request(id, null, null), phaseOf(row), (int) at, ids, weights, row, end - row);
  }

  private String phaseOf(int row) throws RejectedException {
    if (phase.isEmpty()) {
      return context
          .phase()
          .orElseThrow(
              () -> new RejectedException(IssueReason.PHASE_UNKNOWN, "no array 'phase' [tokens]"));
    }
    long value = phase.get().integer(row);
    if (value != PREFILL && value != DECODE) {
      throw new RejectedException(
          IssueReason.PHASE_UNKNOWN, "phase is %d, must be 0 or 1".formatted(value));
    }
    return value == PREFILL ? RoutingTable.PREFILL : RoutingTable.DECODE;
  }

  /** What the file states about the model, for {@link TraceFormat}. */
  static StatedShape stated(InputStream in) {
    try {
      return NpzArrays.read(in).stated();
    } catch (IOException | MalformedException unreadable) {
      // The same file is read again as a trace, and its reader reports what is wrong with it.
      return StatedShape.NONE;
    }
  }
}
