package coterie.ingest.block;

import coterie.ingest.read.IssueReason;
import coterie.ingest.read.RoutedRun;
import coterie.ingest.read.TraceRecord;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
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
    int start = 0;
    for (int token = 0; token < run.tokens(); token++) {
      boolean sound = isSound(record, run, token);
      if (!sound || token - start == RoutingTable.BLOCK_TOKENS) {
        pack(run, start, token, blocks);
        start = sound ? token : token + 1;
      }
    }
    pack(run, start, run.tokens(), blocks);
  }

  private boolean isSound(long record, RoutedRun run, int token) {
    var rows = arrayLayers(run);
    int position = run.firstPosition() + token;
    for (int layer = 0; layer < rows.length; layer++) {
      int row = rows[layer];
      var missing = run.missing(token, row);
      if (missing.isPresent()) {
        report.rejectToken(
            IssueReason.MISSING_LAYER, record, position, layerIds[layer], missing.get());
        return false;
      }
      calls++;
      for (int k = 0; k < run.topK(); k++) {
        var reason = faultOf(run, token, row, k);
        if (reason != null) {
          report.rejectToken(reason, record, position, layerIds[layer], detail(run, token, row));
          return false;
        }
      }
    }
    return true;
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

  private int[] arrayLayers(RoutedRun run) {
    return run.arrayLayers() == model.hiddenLayers() ? layerIds : layerRanks;
  }

  private void pack(RoutedRun run, int from, int to, List<Block> blocks) {
    int tokens = to - from;
    if (tokens == 0) {
      return;
    }
    var rows = arrayLayers(run);
    int layers = rows.length;
    int topK = model.topK();
    var experts = PackedExperts.allocate(model.experts(), layers, tokens, topK);
    var weights = run.hasWeights() ? new byte[2 * layers * tokens * topK] : null;
    for (int layer = 0; layer < layers; layer++) {
      int row = rows[layer];
      for (int token = 0; token < tokens; token++) {
        for (int k = 0; k < topK; k++) {
          experts.set(layer, token, k, run.id(from + token, row, k));
          if (weights != null) {
            short half = run.weight(from + token, row, k);
            int at = 2 * ((layer * tokens + token) * topK + k);
            weights[at] = (byte) half;
            weights[at + 1] = (byte) (half >>> 8);
          }
        }
      }
    }
    report.keepTokens(tokens);
    blocks.add(new Block(run, from, experts, weights));
  }
}
