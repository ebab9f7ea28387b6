package coterie.ingest.container;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopCodecs;
import org.apache.parquet.io.LocalInputFile;

/**
 * A Parquet file in a temporary copy, read page by page, so that row groups of any size fit.
 *
 * <p>apache/parquet-format, {@code README.md}: the file ends with its footer, the footer's length
 * in four bytes and {@code PAR1}.
 */
public final class ParquetFile implements Closeable {

  private static final ParquetReadOptions OPTIONS = ParquetReadOptions.builder().build();
  private static final Configuration HADOOP = new Configuration();

  private static final int TAIL_BYTES = 8;
  private static final int MAX_FOOTER_BYTES = 1 << 26;

  private final Spool spool;
  private final ParquetMetadata footer;
  private final CompressionCodecFactory codecs = HadoopCodecs.newFactory(HADOOP, 0);

  private ParquetFile(Spool spool, ParquetMetadata footer) {
    this.spool = spool;
    this.footer = footer;
  }

  /**
   * Copies a file and reads its footer.
   *
   * @throws MalformedException if it has none that can be read
   */
  public static ParquetFile open(InputStream in) throws IOException, MalformedException {
    var spool = Spool.of(in);
    ParquetFile file = null;
    try {
      file = new ParquetFile(spool, footer(spool));
      return file;
    } finally {
      if (file == null) {
        spool.close();
      }
    }
  }

  private static ParquetMetadata footer(Spool spool) throws IOException, MalformedException {
    var tail = spool.read(spool.bytes() - TAIL_BYTES, TAIL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int bytes = tail.getInt();
    MalformedException.unless(
        bytes >= 0 && bytes <= MAX_FOOTER_BYTES,
        "a footer of %d bytes, the bound is %d",
        bytes,
        MAX_FOOTER_BYTES);
    ParquetThrift.checkFooter(spool.read(spool.bytes() - TAIL_BYTES - bytes, bytes).array());
    var file = new LocalInputFile(spool.file());
    try (var in = file.newStream()) {
      return ParquetFileReader.readFooter(file, OPTIONS, in);
    } catch (RuntimeException malformed) {
      // Parquet throws all kinds of them on broken bytes, down to those of Thrift and of arrays.
      throw new MalformedException("no Parquet footer: " + malformed.getClass().getSimpleName());
    }
  }

  /** Rows by the footer. */
  public long rows() {
    return blocks().stream().mapToLong(BlockMetaData::getRowCount).sum();
  }

  /**
   * The lists of numbers in a column of the outermost level, from the first row; empty if there is
   * no such column.
   *
   * @throws MalformedException if it holds something else
   */
  public Optional<ParquetLists> lists(String column) throws MalformedException {
    List<ColumnDescriptor> leaves =
        footer.getFileMetaData().getSchema().getColumns().stream()
            .filter(leaf -> leaf.getPath()[0].equals(column))
            .toList();
    if (leaves.isEmpty()) {
      return Optional.empty();
    }
    MalformedException.unless(
        leaves.size() == 1 && ParquetLists.reads(leaves.get(0)),
        "column %s is no list of numbers: %s",
        column,
        leaves);
    return Optional.of(new ParquetLists(this, leaves.get(0)));
  }

  List<BlockMetaData> blocks() {
    return footer.getBlocks();
  }

  Spool spool() {
    return spool;
  }

  CompressionCodecFactory codecs() {
    return codecs;
  }

  @Override
  public void close() throws IOException {
    codecs.release();
    spool.close();
  }
}
