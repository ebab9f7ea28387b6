package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.Tensor;
import coterie.ingest.container.TensorIntegers;
import coterie.ingest.container.TorchArchive;
import java.io.IOException;
import java.util.Optional;

/**
 * What SGLang's recorder dumps in the modes {@code stat} and {@code stat_approx}: {@code
 * logical_count [passes, layers, experts]}, tokens summed over all ranks, so a pass has no rank
 * ({@code rank} in the file is the one that wrote it).
 *
 * <p>The step is the pass's index in the dump. It is the order in time only until the ring buffer
 * behind it is full. Rows of the buffer that were never used are 0; passes in which all counts are
 * 0 are passed over.
 */
final class RecorderCounts implements RecorderDump {

  static final String COUNTS = "logical_count";

  private final TorchArchive archive;
  private final ReadContext context;
  private final Tensor counts;

  RecorderCounts(TorchArchive archive, RecorderFields root, ReadContext context)
      throws MalformedException {
    this.archive = archive;
    this.context = context;
    this.counts = root.tensor(COUNTS);
    MalformedException.unless(
        counts.dimensions() == 3
            && counts.size(1) > 0
            && counts.size(2) > 0
            && counts.type().isInteger(),
        "logical_count of shape %s and type %s, expected [passes, layers, experts] of integers",
        counts.shapeText(),
        counts.type());
  }

  @Override
  public int passes() {
    return counts.size(0);
  }

  @Override
  public Optional<TraceRecord> read(int index)
      throws IOException, MalformedException, RejectedException {
    var pass = archive.integers(counts.at(index));
    if (isEmpty(pass)) {
      return Optional.empty();
    }
    var loads =
        LoadCounts.of(
            context.model(),
            RunOrigin.pass(index, null),
            context.phase().orElse(null),
            pass.size(0),
            pass.size(1),
            pass::at);
    return Optional.of(new TraceRecord.Counted(index + 1L, loads));
  }

  private static boolean isEmpty(TensorIntegers pass) {
    for (int layer = 0; layer < pass.size(0); layer++) {
      for (int expert = 0; expert < pass.size(1); expert++) {
        if (pass.at(layer, expert) != 0) {
          return false;
        }
      }
    }
    return true;
  }
}
