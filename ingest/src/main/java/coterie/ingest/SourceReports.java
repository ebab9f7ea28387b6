package coterie.ingest;

import coterie.ingest.block.SourceReport;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Brings the account of each file to the driver.
 *
 * <p>Reading a file is deterministic and one task reads a whole file, so a task that runs twice
 * reports the same account under the same key: unlike a sum, the result does not change.
 */
final class SourceReports extends AccumulatorV2<SourceReports.Entry, Map<Long, SourceReport>> {

  private static final long serialVersionUID = 1;

  /** The account of one source. */
  record Entry(long sourceId, SourceReport report) {}

  private final TreeMap<Long, SourceReport> reports = new TreeMap<>();

  @Override
  public boolean isZero() {
    return reports.isEmpty();
  }

  @Override
  public SourceReports copy() {
    var copy = new SourceReports();
    copy.reports.putAll(reports);
    return copy;
  }

  @Override
  public void reset() {
    reports.clear();
  }

  @Override
  public void add(Entry entry) {
    reports.put(entry.sourceId(), entry.report());
  }

  /** Adds the account that a source's rows kept, if they kept one. */
  void add(IngestTarget target, SourceFile source, RecordRows rows) {
    if (rows.report() != null) {
      add(new Entry(source.id(target), rows.report()));
    }
  }

  @Override
  public void merge(AccumulatorV2<Entry, Map<Long, SourceReport>> other) {
    reports.putAll(other.value());
  }

  @Override
  public Map<Long, SourceReport> value() {
    return reports;
  }
}
