package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.table.RoutingTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * A folder of Parquet files, one for each layer, as the traces of FLAME-MoE are: {@code
 * layer_<n>.parquet} with a row for each token, {@code indices} the experts and, if present, {@code
 * scores} their gate weights.
 *
 * <p>CMU-FLAME/FLAME-MoE-Traces (Hugging Face), {@code <model>/actives/iter_*}. There {@code <n>}
 * is Megatron-LM's number of the hidden layer, from 1: 02 to 09 for a model of nine layers whose
 * first is dense. Hidden-layer ids from 0, and MoE layers counted from 0, are read too; which it
 * is, is told by the files being exactly those of the model's MoE layers, and the order is the same
 * in all three. Otherwise nothing is read: a token without one of its layers is no token.
 *
 * <p>Requests are not named, so a record is a slice of consecutive tokens, positions are row
 * numbers, and the phase is the user's. Memory holds a slice and a page of each column.
 */
final class ParquetReader implements TraceReader {

  private final List<TracePart> parts;
  private final ReadContext context;
  private final List<LayerFile> files = new ArrayList<>();
  private final Queue<TraceRecord> ready = new ArrayDeque<>();
  private boolean opened;
  private boolean ended;
  private long rows;
  private long next;
  private long number;

  ParquetReader(List<TracePart> parts, ReadContext context) {
    this.parts = List.copyOf(parts);
    this.context = context;
  }

  @Override
  public Optional<TraceRecord> next() {
    while (ready.isEmpty() && !ended) {
      number++;
      try {
        if (!opened) {
          open();
        }
        if (next == rows) {
          end();
        } else {
          readSlice();
        }
      } catch (IOException failure) {
        breakOff(IssueReason.UNREADABLE, String.valueOf(failure.getMessage()));
      } catch (MalformedException malformed) {
        breakOff(IssueReason.UNREADABLE, malformed.getMessage());
      } catch (RejectedException rejected) {
        breakOff(rejected.reason(), rejected.getMessage());
      }
    }
    return Optional.ofNullable(ready.poll());
  }

  private void open() throws IOException, MalformedException, RejectedException {
    opened = true;
    if (context.phase().isEmpty()) {
      throw new RejectedException(
          IssueReason.PHASE_UNKNOWN, "Parquet files of layers do not say it");
    }
    for (var part : LayerFile.inOrder(parts, context.model().moeLayers())) {
      files.add(LayerFile.open(part));
    }
    long scored = files.stream().filter(LayerFile::hasScores).count();
    if (scored != 0 && scored != files.size()) {
      throw new RejectedException(
          IssueReason.SHAPE, "column scores in %d of %d files".formatted(scored, files.size()));
    }
    rows = shortest().rows();
    if (rows > Integer.MAX_VALUE) {
      throw new RejectedException(
          IssueReason.TOO_LARGE, "%d rows, positions end at %d".formatted(rows, Integer.MAX_VALUE));
    }
    if (rows <= 0) {
      throw new RejectedException(IssueReason.EMPTY, shortest().name() + " has no rows");
    }
  }

  private LayerFile shortest() {
    return files.stream().min(Comparator.comparingLong(LayerFile::rows)).orElseThrow();
  }

  /** Reads as many tokens as a block holds; those in front of a broken row are kept. */
  private void readSlice() throws IOException, MalformedException {
    int tokens = (int) Math.min(RoutingTable.BLOCK_TOKENS, rows - next);
    var slice = new LayerSlice(tokens, files.size(), context.model().topK());
    MalformedException broken = null;
    for (int layer = 0; layer < files.size(); layer++) {
      int token = 0;
      try {
        for (; token < tokens; token++) {
          readRow(slice, token, layer);
        }
      } catch (MalformedException malformed) {
        broken = malformed;
        tokens = token;
      }
    }
    if (tokens > 0) {
      ready.add(new TraceRecord.Routed(number, List.of(run(slice, tokens))));
    }
    next += tokens;
    if (broken != null) {
      number++;
      throw new MalformedException("row %d of %s".formatted(next, broken.getMessage()));
    }
  }

  private void readRow(LayerSlice slice, int token, int layer)
      throws IOException, MalformedException {
    var ids = new double[slice.topK()];
    var weights = new double[slice.topK()];
    var problem = files.get(layer).next(ids, weights);
    if (problem.isPresent()) {
      slice.setProblem(token, layer, problem.get());
    } else {
      slice.set(token, layer, ids, weights);
    }
  }

  private RoutedRun run(LayerSlice slice, int tokens) {
    return new RoutedRun(
        RunOrigin.UNKNOWN,
        context.phase().orElseThrow(),
        (int) next,
        slice,
        files.get(0).hasScores() ? slice : null,
        0,
        tokens);
  }

  private void end() throws RejectedException {
    ended = true;
    var longest = files.stream().max(Comparator.comparingLong(LayerFile::rows)).orElseThrow();
    if (longest.rows() > rows) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s has %d rows, %s %d: tokens from %d on lack a layer"
              .formatted(shortest().name(), rows, longest.name(), longest.rows(), rows));
    }
    closeFiles();
  }

  private void breakOff(IssueReason reason, String detail) {
    ended = true;
    ready.add(new TraceRecord.Rejected(number, reason, detail));
    closeFiles();
  }

  /** The copies on disk are as large as the trace: they go as soon as it is read. */
  private void closeFiles() {
    try {
      close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    for (var file : files) {
      file.close();
    }
  }
}
