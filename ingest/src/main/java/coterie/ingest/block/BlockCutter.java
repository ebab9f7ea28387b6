package coterie.ingest.block;

import coterie.ingest.read.IssueReason;
import coterie.ingest.read.RoutedRun;
import coterie.ingest.read.TraceRecord;
import coterie.ingest.table.ModelGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts the records of one file into blocks.
 *
 * <p>A token is one fact across all its layers: if any layer is missing, has an id out of range, an
 * expert twice or a weight that is not finite, the whole token is rejected, its neighbours are
 * kept, and the block is cut around it. Layers that the model does not route (dense ones, which
 * engines fill with zeros) are dropped unseen.
 */
public final class BlockCutter {

  private final ModelGeometry model;

  /** {@code [MoE layer]} its place in arrays with a row for each hidden layer. */
  private final int[] layerIds;

  /** {@code [MoE layer]} its place in arrays with a row for each MoE layer. */
  private final int[] layerRanks;

  private final SourceReport report = new SourceReport();

  /** {@code [expert]} the last token and layer, as a running number, that called it. */
  private final long[] lastCalled;

  private long calls;

  public BlockCutter(ModelGeometry model) {
    this.model = model;
    this.layerIds = model.moeLayers().stream().mapToInt(Integer::intValue).toArray();
    this.layerRanks = IntStream.range(0, layerIds.length).toArray();
    this.lastCalled = new long[model.experts()];
  }

  /** The account of everything cut so far. */
  public SourceReport report() {
    return report;
  }

  /** The blocks of one record. */
  public List<Block> cut(TraceRecord record) {
    if (record instanceof TraceRecord.Rejected rejected) {
      report.rejectRecord(rejected.reason(), rejected.number(), rejected.detail());
      return List.of();
    }
    if (record instanceof TraceRecord.Counted counted) {
      count(counted);
      return List.of();
    }
    var routed = (TraceRecord.Routed) record;
    var blocks = new ArrayList<Block>();
    for (var run : routed.runs()) {
      cutRun(record.number(), run, blocks);
    }
    if (blocks.isEmpty()) {
      report.rejectRecord(IssueReason.EMPTY, record.number(), "no token to keep");
    } else {
      report.keepRecord();
    }
    return blocks;
  }

  private void count(TraceRecord.Counted record) {
    long tokens = record.loads().tokens();
    if (tokens == 0) {
      report.rejectRecord(IssueReason.EMPTY, record.number(), "all counts are 0");
    } else {
      report.keepCounts(tokens);
    }
  }

  private void cutRun(long record, RoutedRun run, List<Block> blocks) {
    var rows = run.arrayLayers() == model.hiddenLayers() ? layerIds : layerRanks;
    var ids = new int[run.arrayLayers() * run.topK()];
    var packer = new BlockPacker(model, run, rows);
    boolean bytes = run.singleBytes() && model.experts() <= Long.SIZE;
    for (int token = 0; token < run.tokens(); token++) {
      if (packer.isFull()) {
        flush(packer, blocks);
      }
      boolean added =
          bytes ? addBytes(packer, run, token, rows) : addIds(packer, run, token, rows, ids);
      if (!added) {
        reject(record, run, token, rows);
        flush(packer, blocks);
      }
    }
    flush(packer, blocks);
  }

  /** What nearly all traces are: a byte for an id, and few experts. */
  private boolean addBytes(BlockPacker packer, RoutedRun run, int token, int[] rows) {
    int at = packer.stage(token);
    boolean sound =
        distinctBytes(packer.gathered(), at, rows, run.topK()) && extrasAreSound(run, token, rows);
    if (sound) {
      packer.accept();
    }
    return sound;
  }

  private boolean addIds(BlockPacker packer, RoutedRun run, int token, int[] rows, int[] ids) {
    run.read(token, ids);
    int topK = run.topK();
    for (int row : rows) {
      if (!distinct(ids, row * topK, topK)) {
        return false;
      }
    }
    if (!extrasAreSound(run, token, rows)) {
      return false;
    }
    packer.add(token, ids);
    return true;
  }

  private void flush(BlockPacker packer, List<Block> blocks) {
    packer
        .take()
        .ifPresent(
            block -> {
              report.keepTokens(block.experts().tokens());
              blocks.add(block);
            });
  }

  /**
   * True if each layer's ids are of different experts: a bit for each, and no branch on any. The
   * quick answer; {@link #reject} finds out what it is that is wrong.
   */
  private boolean distinctBytes(byte[] ids, int at, int[] rows, int topK) {
    int last = model.experts() - 1;
    int signs = 0;
    int different = 0;
    for (int row : rows) {
      int i = at + row * topK;
      int end = i + topK;
      long called = 0;
      for (; i <= end - 4; i += 4) {
        int a = ids[i];
        int b = ids[i + 1];
        int c = ids[i + 2];
        int d = ids[i + 3];
        signs |= a | b | c | d | (last - a) | (last - b) | (last - c) | (last - d);
        called |= 1L << a | 1L << b | 1L << c | 1L << d;
      }
      for (; i < end; i++) {
        signs |= ids[i] | (last - ids[i]);
        called |= 1L << ids[i];
      }
      different += Long.bitCount(called);
    }
    return signs >= 0 && different == rows.length * topK;
  }

  private boolean distinct(int[] ids, int from, int count) {
    calls++;
    for (int i = from; i < from + count; i++) {
      int id = ids[i];
      if (id < 0 || id >= lastCalled.length || lastCalled[id] == calls) {
        return false;
      }
      lastCalled[id] = calls;
    }
    return true;
  }

  private static boolean extrasAreSound(RoutedRun run, int token, int[] rows) {
    if (run.whole() && !run.hasWeights()) {
      return true;
    }
    for (int row : rows) {
      if (run.missing(token, row).isPresent()) {
        return false;
      }
      for (int k = 0; run.hasWeights() && k < run.topK(); k++) {
        if (!run.weightIsFinite(token, row, k)) {
          return false;
        }
      }
    }
    return true;
  }

  private void reject(long record, RoutedRun run, int token, int[] rows) {
    int position = run.firstPosition() + token;
    for (int layer = 0; layer < rows.length; layer++) {
      int row = rows[layer];
      var missing = run.missing(token, row);
      if (missing.isPresent()) {
        report.rejectToken(
            IssueReason.MISSING_LAYER, record, position, layerIds[layer], missing.get());
        return;
      }
      calls++;
      for (int k = 0; k < run.topK(); k++) {
        var reason = faultOf(run, token, row, k);
        if (reason != null) {
          report.rejectToken(reason, record, position, layerIds[layer], detail(run, token, row));
          return;
        }
      }
    }
    throw new IllegalStateException("token %d was rejected for no reason".formatted(token));
  }

  private IssueReason faultOf(RoutedRun run, int token, int row, int k) {
    int id = run.id(token, row, k);
    if (id < 0 || id >= model.experts()) {
      return IssueReason.ID_OUT_OF_RANGE;
    }
    if (lastCalled[id] == calls) {
      return IssueReason.REPEATED_EXPERT;
    }
    lastCalled[id] = calls;
    boolean weightSound = !run.hasWeights() || run.weightIsFinite(token, row, k);
    return weightSound ? null : IssueReason.BAD_WEIGHT;
  }

  private static String detail(RoutedRun run, int token, int row) {
    var ids = new ArrayList<Integer>();
    for (int k = 0; k < run.topK(); k++) {
      ids.add(run.id(token, row, k));
    }
    return "experts " + ids;
  }
}
