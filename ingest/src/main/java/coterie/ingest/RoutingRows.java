package coterie.ingest;

import coterie.ingest.block.Block;
import coterie.ingest.block.BlockCutter;
import coterie.ingest.block.SourceReport;
import coterie.ingest.read.TraceRecord;
import coterie.ingest.table.RoutingTable;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of {@link RoutingTable}, and the account of the source. */
final class RoutingRows implements RecordRows {

  private final IngestTarget target;
  private final SourceFile source;
  private final long sourceId;
  private final BlockCutter cutter;

  RoutingRows(IngestTarget target, SourceFile source) {
    this.target = target;
    this.source = source;
    this.sourceId = source.id(target);
    this.cutter = new BlockCutter(target.model());
  }

  @Override
  public List<Row> of(TraceRecord record) {
    var blocks = cutter.cut(record);
    if (target.workload() != null && missesWorkload(record)) {
      cutter.report().missWorkload();
    }
    return blocks.stream().map(this::row).toList();
  }

  private boolean missesWorkload(TraceRecord record) {
    return record instanceof TraceRecord.Routed routed
        && routed.runs().stream().anyMatch(run -> target.workload().of(run.origin()) == null);
  }

  @Override
  public SourceReport report() {
    return cutter.report();
  }

  private Row row(Block block) {
    var run = block.run();
    var origin = run.origin();
    return RowFactory.create(
        target.model().name(),
        target.model().revision(),
        target.dataset(),
        day(block).orElse(null),
        target.workload() == null ? origin.workload() : target.workload().of(origin),
        origin.requestId(),
        run.phase(),
        block.firstPosition(),
        block.experts().tokens(),
        origin.step(),
        origin.rank(),
        origin.arrival(),
        block.experts().data(),
        block.weights().orElse(null),
        sourceId);
  }

  private Optional<LocalDate> day(Block block) {
    var arrival = Optional.ofNullable(block.run().origin().arrival());
    return Optional.ofNullable(source.day())
        .or(() -> arrival.map(at -> LocalDate.ofInstant(at, ZoneOffset.UTC)));
  }
}
