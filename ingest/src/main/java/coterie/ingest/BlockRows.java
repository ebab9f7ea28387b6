package coterie.ingest;

import coterie.ingest.block.Block;
import coterie.ingest.block.BlockCutter;
import coterie.ingest.read.ReadContext;
import coterie.ingest.read.TraceInput;
import coterie.ingest.read.TracePart;
import coterie.ingest.read.TraceReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of one file for {@link coterie.ingest.table.RoutingTable}, one record in memory. */
final class BlockRows implements Iterator<Row>, Closeable {

  private final IngestTarget target;
  private final long sourceId;
  private final BlockCutter cutter;
  private final Closeable file;
  private final TraceReader reader;
  private final SourceReports reports;
  private final Queue<Row> ready = new ArrayDeque<>();
  private boolean finished;

  BlockRows(SourceFile source, IngestTarget target, Configuration hadoop, SourceReports reports)
      throws IOException {
    var path = new Path(source.path());
    var in = path.getFileSystem(hadoop).open(path);
    var model = target.model();
    this.target = target;
    this.sourceId = source.id(model.name(), model.revision(), target.dataset());
    this.cutter = new BlockCutter(model);
    this.file = in;
    this.reader =
        source
            .format()
            .open(
                List.of(new TracePart(path.getName(), () -> TraceInput.decompress(in))),
                new ReadContext(model, target.statedPhase()));
    this.reports = reports;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !finished) {
      var record = reader.next();
      if (record.isEmpty()) {
        finish();
      } else {
        cutter.cut(record.get()).forEach(block -> ready.add(row(block)));
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void finish() {
    finished = true;
    reports.add(new SourceReports.Entry(sourceId, cutter.report()));
    try {
      close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private Row row(Block block) {
    var run = block.run();
    var arrival = Optional.ofNullable(run.origin().arrival());
    var day =
        Optional.ofNullable(target.day())
            .or(() -> arrival.map(at -> LocalDate.ofInstant(at, ZoneOffset.UTC)));
    return RowFactory.create(
        target.model().name(),
        target.model().revision(),
        target.dataset(),
        day.orElse(null),
        null,
        run.origin().requestId(),
        run.phase(),
        block.firstPosition(),
        block.experts().tokens(),
        null,
        null,
        arrival.orElse(null),
        block.experts().data(),
        block.weights().orElse(null),
        sourceId);
  }
}
