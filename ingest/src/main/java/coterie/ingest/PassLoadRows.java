package coterie.ingest;

import coterie.ingest.block.SourceReport;
import coterie.ingest.read.TraceRecord;
import coterie.ingest.table.PassLoadTable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of {@link PassLoadTable}. The account of the source is kept by {@link RoutingRows}. */
final class PassLoadRows implements RecordRows {

  private final IngestTarget target;
  private final SourceFile source;
  private final long sourceId;

  PassLoadRows(IngestTarget target, SourceFile source) {
    this.target = target;
    this.source = source;
    this.sourceId = source.id(target);
  }

  @Override
  public List<Row> of(TraceRecord record) {
    return record instanceof TraceRecord.Counted counted && counted.loads().tokens() > 0
        ? List.of(row(counted))
        : List.of();
  }

  @Override
  public SourceReport report() {
    return null;
  }

  private Row row(TraceRecord.Counted counted) {
    var loads = counted.loads();
    var origin = loads.origin();
    return RowFactory.create(
        target.model().name(),
        target.model().revision(),
        target.dataset(),
        source.day(),
        target.workload() == null ? origin.workload() : target.workload().of(origin),
        loads.phase() == null ? PassLoadTable.MIXED : loads.phase(),
        origin.step(),
        origin.rank(),
        loads.tokens(),
        loads.counts(),
        sourceId);
  }
}
