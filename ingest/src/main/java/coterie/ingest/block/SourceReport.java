package coterie.ingest.block;

import coterie.ingest.read.IssueReason;
import coterie.ingest.table.IssueTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The account of one file: everything read was either kept or rejected for a stated reason.
 *
 * <p>Records are requests; tokens are counted in records that could be read at all.
 */
public final class SourceReport implements Serializable {

  private static final long serialVersionUID = 1;

  private long recordsKept;
  private long recordsRejected;
  private long recordsWithoutWorkload;
  private long recordsCounted;
  private long tokensKept;
  private long tokensRejected;
  private final EnumMap<IssueReason, Long> rejected = new EnumMap<>(IssueReason.class);
  private final EnumMap<IssueReason, ArrayList<IssueSample>> samples =
      new EnumMap<>(IssueReason.class);

  void keepRecord() {
    recordsKept++;
  }

  /** A record that is kept and holds counts without tokens. */
  void keepCounts(long tokens) {
    recordsKept++;
    recordsCounted++;
    tokensKept += tokens;
  }

  /** A record to which the rule for workloads gave none. */
  public void missWorkload() {
    recordsWithoutWorkload++;
  }

  void keepTokens(long tokens) {
    tokensKept += tokens;
  }

  void rejectRecord(IssueReason reason, long record, String detail) {
    recordsRejected++;
    count(reason, new IssueSample(record, null, null, bounded(detail)));
  }

  void rejectToken(IssueReason reason, long record, int position, int layer, String detail) {
    tokensRejected++;
    count(reason, new IssueSample(record, position, layer, bounded(detail)));
  }

  private void count(IssueReason reason, IssueSample sample) {
    rejected.merge(reason, 1L, Long::sum);
    var kept = samples.computeIfAbsent(reason, r -> new ArrayList<>());
    if (kept.size() < IssueTable.SAMPLES) {
      kept.add(sample);
    }
  }

  private static String bounded(String detail) {
    return detail.length() <= IssueTable.DETAIL_CHARACTERS
        ? detail
        : detail.substring(0, IssueTable.DETAIL_CHARACTERS - 1) + "…";
  }

  public long recordsRead() {
    return recordsKept + recordsRejected;
  }

  public long recordsKept() {
    return recordsKept;
  }

  public long recordsRejected() {
    return recordsRejected;
  }

  /** Kept records that hold counts without tokens. */
  public long recordsCounted() {
    return recordsCounted;
  }

  /** Records to which a rule for workloads was applied in vain. */
  public long recordsWithoutWorkload() {
    return recordsWithoutWorkload;
  }

  public long tokensRead() {
    return tokensKept + tokensRejected;
  }

  public long tokensKept() {
    return tokensKept;
  }

  public long tokensRejected() {
    return tokensRejected;
  }

  /** How often each reason came up; reasons that did not are absent. */
  public Map<IssueReason, Long> rejected() {
    return Collections.unmodifiableMap(rejected);
  }

  /** The first examples of a reason, at most {@link IssueTable#SAMPLES}. */
  public List<IssueSample> samples(IssueReason reason) {
    return List.copyOf(samples.getOrDefault(reason, new ArrayList<>()));
  }
}
