package coterie.ingest;

import coterie.ingest.read.TraceInput;
import coterie.ingest.read.TracePart;
import coterie.ingest.read.TraceReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** The rows of one source, one record in memory. */
final class SourceRows implements Iterator<Row>, Closeable {

  private final RecordRows maker;
  private final Runnable atEnd;
  private final List<InputStream> opened = new ArrayList<>();
  private final TraceReader reader;
  private final Queue<Row> ready = new ArrayDeque<>();
  private boolean finished;

  /**
   * Opens a source.
   *
   * @param atEnd called once after the last record
   */
  SourceRows(
      SourceFile source,
      IngestTarget target,
      Configuration hadoop,
      RecordRows maker,
      Runnable atEnd)
      throws IOException {
    this.maker = maker;
    this.atEnd = atEnd;
    var parts = source.parts().stream().map(path -> part(new Path(path), hadoop)).toList();
    this.reader = source.format().open(parts, target.context());
  }

  private TracePart part(Path path, Configuration hadoop) {
    return new TracePart(
        path.getName(),
        () -> {
          var in = path.getFileSystem(hadoop).open(path);
          opened.add(in);
          return TraceInput.decompress(in);
        });
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !finished) {
      var record = reader.next();
      if (record.isPresent()) {
        ready.addAll(maker.of(record.get()));
      } else {
        finish();
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
    atEnd.run();
    try {
      close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
    for (var in : opened) {
      in.close();
    }
    opened.clear();
  }
}
