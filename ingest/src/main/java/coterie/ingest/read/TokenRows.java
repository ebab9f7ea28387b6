package coterie.ingest.read;

import coterie.ingest.read.RoutedRun.GateWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rows of one request, put together to tokens. A token is whole if each MoE layer has one row and
 * all of them agree on phase and presence of weights; what it lacks otherwise is told by {@link
 * #missing}.
 */
final class TokenRows implements RoutedIds, GateWeights {

  private final ReadContext context;
  private final int layers;
  private final int topK;

  /** By token and layer. */
  private final List<RoutingRow> rows;

  /** {@code [i]} where the rows of the i-th token begin; one more for the end. */
  private final int[] starts;

  private TokenRows(ReadContext context, List<RoutingRow> rows) {
    this.context = context;
    this.layers = context.model().moeLayers().size();
    this.topK = context.model().topK();
    this.rows = new ArrayList<>(rows);
    this.rows.sort(Comparator.comparingInt(RoutingRow::token).thenComparingInt(RoutingRow::layer));
    var first = IntStream.range(0, rows.size()).filter(this::isFirst);
    this.starts = IntStream.concat(first, IntStream.of(rows.size())).toArray();
  }

  private boolean isFirst(int row) {
    return row == 0 || rows.get(row - 1).token() != rows.get(row).token();
  }

  /** The record that rows of one request in any order make. */
  static TraceRecord record(
      long number, RunOrigin origin, List<RoutingRow> rows, ReadContext context) {
    var tokens = new TokenRows(context, rows);
    try {
      return new TraceRecord.Routed(number, tokens.runs(origin));
    } catch (RejectedException rejected) {
      return new TraceRecord.Rejected(number, rejected.reason(), rejected.getMessage());
    }
  }

  private List<RoutedRun> runs(RunOrigin origin) throws RejectedException {
    if (rows.isEmpty()) {
      throw new RejectedException(IssueReason.EMPTY, "no sound row of an MoE layer");
    }
    if ((long) rows() * layers * topK > Integer.MAX_VALUE) {
      throw new RejectedException(
          IssueReason.TOO_LARGE,
          "%d tokens x %d layers x top-%d exceed the bound of %d"
              .formatted(rows(), layers, topK, Integer.MAX_VALUE));
    }
    var runs = new ArrayList<RoutedRun>();
    int start = 0;
    for (int end = 1; end <= rows(); end++) {
      if (end == rows() || !continues(end)) {
        var first = first(start);
        runs.add(
            new RoutedRun(
                origin,
                phase(first),
                first.token(),
                this,
                first.hasWeights() ? this : null,
                start,
                end - start));
        start = end;
      }
    }
    return runs;
  }

  private boolean continues(int token) throws RejectedException {
    var before = first(token - 1);
    var here = first(token);
    return here.token() == before.token() + 1
        && phase(here).equals(phase(before))
        && here.hasWeights() == before.hasWeights();
  }

  private String phase(RoutingRow row) throws RejectedException {
    if (row.phase() != null) {
      return row.phase();
    }
    return context
        .phase()
        .orElseThrow(
            () ->
                new RejectedException(
                    IssueReason.PHASE_UNKNOWN,
                    "the row of token %d states no phase".formatted(row.token())));
  }

  private RoutingRow first(int token) {
    return rows.get(starts[token]);
  }

  @Override
  public int rows() {
    return starts.length - 1;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public int id(int token, int layer, int k) {
    return find(token, layer).map(row -> row.expert(k)).orElse(-1);
  }

  @Override
  public short half(int index) {
    int layer = index / topK % layers;
    return find(index / topK / layers, layer).orElseThrow().weight(index % topK);
  }

  @Override
  public boolean whole() {
    return false;
  }

  @Override
  public Optional<String> missing(int token, int layer) {
    var found = find(token, layer);
    if (found.isEmpty()) {
      long count = count(token, layer);
      return Optional.of(count == 0 ? "no sound row" : count + " rows");
    }
    var row = found.get();
    var first = first(token);
    if (row.hasWeights() != first.hasWeights()) {
      return Optional.of("weights in some layers only");
    }
    boolean samePhase =
        row.phase() == null ? first.phase() == null : row.phase().equals(first.phase());
    return samePhase
        ? Optional.empty()
        : Optional.of("phase %s, in another layer %s".formatted(row.phase(), first.phase()));
  }

  /** The row of a layer, if there is just one. */
  private Optional<RoutingRow> find(int token, int layer) {
    int start = starts[token];
    int end = starts[token + 1];
    if (end - start == layers && rows.get(start + layer).layer() == layer) {
      return Optional.of(rows.get(start + layer));
    }
    return count(token, layer) == 1
        ? rows.subList(start, end).stream().filter(row -> row.layer() == layer).findFirst()
        : Optional.empty();
  }

  private long count(int token, int layer) {
    return rows.subList(starts[token], starts[token + 1]).stream()
        .filter(row -> row.layer() == layer)
        .count();
  }
}
