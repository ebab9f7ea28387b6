package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.TorchArchive;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a rank dumps of SGLang's recorder in the modes {@code per_token} and {@code per_pass}:
 * {@code records}, one for each forward pass, and the map from physical to logical experts.
 *
 * <p>Each record has {@code forward_pass_id}, {@code rank} and {@code global_physical_count
 * [layers, slots]}, the pass's tokens of this rank. In {@code per_token} it also has the tokens,
 * see {@link RecorderTokens}; the counts then say nothing more and are not read.
 */
final class RecorderPasses implements RecorderDump {

  static final String RECORDS = "records";

  private static final String COUNTS = "global_physical_count";

  private final TorchArchive archive;
  private final ReadContext context;
  private final List<?> records;
  private final SlotMap slots;
  private final RecorderTokens tokens;

  RecorderPasses(TorchArchive archive, RecorderFields root, ReadContext context)
      throws IOException, MalformedException, RejectedException {
    this.archive = archive;
    this.context = context;
    this.records = root.list(RECORDS);
    var map = root.tensor(SlotMap.NAME);
    MalformedException.unless(
        map.dimensions() == 2, "%s of shape %s", SlotMap.NAME, map.shapeText());
    this.slots = SlotMap.of(archive.integers(map), context.model());
    this.tokens = new RecorderTokens(slots, context);
  }

  @Override
  public int passes() {
    return records.size();
  }

  @Override
  public Optional<TraceRecord> read(int index)
      throws IOException, MalformedException, RejectedException {
    var pass = RecorderFields.of(records.get(index), "the record");
    var origin = origin(pass);
    long number = index + 1L;
    if (!pass.has(RecorderTokens.IDS)) {
      return Optional.of(new TraceRecord.Counted(number, counts(pass, origin)));
    }
    var ids = pass.tensor(RecorderTokens.IDS);
    MalformedException.unless(
        ids.dimensions() == 3, "%s of shape %s", RecorderTokens.IDS, ids.shapeText());
    return tokens
        .runs(origin, pass, archive.integers(ids))
        .map(runs -> new TraceRecord.Routed(number, runs));
  }

  private static RunOrigin origin(RecorderFields pass) throws MalformedException {
    long rank = pass.integer("rank");
    MalformedException.unless(rank >= 0 && rank <= Integer.MAX_VALUE, "rank %d", rank);
    return RunOrigin.pass(pass.integer("forward_pass_id"), (int) rank);
  }

  private LoadCounts counts(RecorderFields pass, RunOrigin origin)
      throws IOException, MalformedException, RejectedException {
    var tensor = pass.tensor(COUNTS);
    if (tensor.dimensions() != 2
        || tensor.size(0) != slots.layers()
        || tensor.size(1) != slots.slots()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s of shape %s, but %s of shape [%d, %d]"
              .formatted(COUNTS, tensor.shapeText(), SlotMap.NAME, slots.layers(), slots.slots()));
    }
    var sums = slots.logicalCounts(archive.integers(tensor));
    return LoadCounts.of(
        context.model(),
        origin,
        context.phase().orElse(null),
        slots.layers(),
        context.model().experts(),
        (layer, expert) -> sums[layer][expert]);
  }
}
