package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.TorchArchive;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Dumps of SGLang's expert distribution recorder, {@code torch.save} of a dict. A record is a
 * forward pass.
 *
 * <p>sgl-project/sglang @ 8905cbd4, {@code srt/eplb/expert_distribution.py}. Which mode it was
 * shows in the keys: {@code logical_count} in {@code stat} and {@code stat_approx} ({@link
 * RecorderCounts}), {@code records} in {@code per_pass} and {@code per_token} ({@link
 * RecorderPasses}). Other files of PyTorch are refused.
 */
final class RecorderReader implements TraceReader {

  private final InputStream in;
  private final ReadContext context;
  private boolean opened;
  private boolean any;
  private int next;
  private TorchArchive archive;
  private RecorderDump dump;

  RecorderReader(InputStream in, ReadContext context) {
    this.in = in;
    this.context = context;
  }

  @Override
  public Optional<TraceRecord> next() {
    if (!opened) {
      opened = true;
      var problem = attempt(0, this::open);
      if (problem.isPresent()) {
        return problem;
      }
    }
    while (dump != null && next < dump.passes()) {
      int index = next++;
      var record = attempt(index, () -> dump.read(index));
      if (record.isPresent()) {
        any = true;
        return record;
      }
    }
    return end();
  }

  private interface Step {
    Optional<TraceRecord> run() throws IOException, MalformedException, RejectedException;
  }

  private static Optional<TraceRecord> attempt(int index, Step step) {
    try {
      return step.run();
    } catch (IOException failure) {
      return rejected(index, IssueReason.UNREADABLE, String.valueOf(failure.getMessage()));
    } catch (MalformedException malformed) {
      return rejected(index, IssueReason.MALFORMED, malformed.getMessage());
    } catch (RejectedException rejected) {
      return rejected(index, rejected.reason(), rejected.getMessage());
    }
  }

  private static Optional<TraceRecord> rejected(int index, IssueReason reason, String detail) {
    return Optional.of(new TraceRecord.Rejected(index + 1L, reason, detail));
  }

  private Optional<TraceRecord> open() throws IOException, MalformedException, RejectedException {
    archive = TorchArchive.open(in);
    var root = RecorderFields.of(archive.root(), "what was saved");
    if (root.has(RecorderPasses.RECORDS)) {
      dump = new RecorderPasses(archive, root, context);
    } else if (root.has(RecorderCounts.COUNTS)) {
      dump = new RecorderCounts(archive, root, context);
    } else {
      throw new RejectedException(
          IssueReason.NO_ROUTING,
          "no dump of SGLang's recorder, neither %s nor %s among the keys %s"
              .formatted(RecorderPasses.RECORDS, RecorderCounts.COUNTS, root.keysText()));
    }
    return Optional.empty();
  }

  /** A dump in which there is nothing at all is reported, once. */
  private Optional<TraceRecord> end() {
    if (dump == null || any) {
      return Optional.empty();
    }
    any = true;
    return rejected(
        0, IssueReason.EMPTY, "none of %d forward passes has a token".formatted(dump.passes()));
  }

  @Override
  public void close() throws IOException {
    if (archive != null) {
      archive.close();
    }
  }
}
