package coterie.ingest.container;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * The pages of one column in one row group, one in memory at a time.
 *
 * <p>Parquet's own reader loads whole row groups, of all columns at once; a trace of a pre-training
 * run is a file a layer and can be one row group each, far more than a heap. Headers, decompression
 * and decoding are Parquet's.
 */
final class ParquetPages implements PageReader {

  private static final int MAX_HEADER_BYTES = 1 << 13;

  private final ParquetFile file;
  private final ColumnChunkMetaData chunk;
  private final ColumnDescriptor column;
  private final Statistics<?> statistics;
  private final long end;
  private long at;
  private long valuesLeft;

  ParquetPages(ParquetFile file, ColumnChunkMetaData chunk, ColumnDescriptor column) {
    this.file = file;
    this.chunk = chunk;
    this.column = column;
    this.statistics = Statistics.createStats(column.getPrimitiveType());
    this.at = chunk.getStartingPos();
    this.end = at + chunk.getTotalSize();
    this.valuesLeft = chunk.getValueCount();
  }

  @Override
  public long getTotalValueCount() {
    return chunk.getValueCount();
  }

  /** The dictionary, if the chunk begins with one; called before the first page is read. */
  @Override
  public DictionaryPage readDictionaryPage() {
    try {
      long start = at;
      var header = header();
      if (header.getType() != PageType.DICTIONARY_PAGE) {
        at = start;
        return null;
      }
      var dictionary = header.getDictionary_page_header();
      var values = content(header, 0, true);
      ParquetBounds.dictionary(dictionary.getNum_values(), values.remaining());
      return new DictionaryPage(
          BytesInput.from(values), dictionary.getNum_values(), encoding(dictionary.getEncoding()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (MalformedException malformed) {
      throw new IllegalStateException(malformed.getMessage(), malformed);
    }
  }

  @Override
  public DataPage readPage() {
    try {
      while (valuesLeft > 0) {
        var header = header();
        switch (header.getType()) {
          case DATA_PAGE -> {
            return pageV1(header);
          }
          case DATA_PAGE_V2 -> {
            return pageV2(header);
          }
          default -> at += header.getCompressed_page_size();
        }
      }
      return null;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (MalformedException malformed) {
      throw new IllegalStateException(malformed.getMessage(), malformed);
    }
  }

  /** In version 1 the levels stand in front of the values, each with its length. */
  private DataPage pageV1(PageHeader header) throws IOException, MalformedException {
    var data = header.getData_page_header();
    int count = countValues(data.getNum_values());
    var repetition = encoding(data.getRepetition_level_encoding());
    var definition = encoding(data.getDefinition_level_encoding());
    MalformedException.unless(
        repetition == Encoding.RLE && definition == Encoding.RLE,
        "levels in encodings %s and %s",
        repetition,
        definition);
    var content = content(header, 0, true);
    var rest = content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    ParquetBounds.levels(cut(rest), column.getMaxRepetitionLevel(), count);
    ParquetBounds.levels(cut(rest), column.getMaxDefinitionLevel(), count);
    ParquetBounds.values(rest, encoding(data.getEncoding()), count);
    return new DataPageV1(
        BytesInput.from(content),
        count,
        header.getUncompressed_page_size(),
        statistics,
        repetition,
        definition,
        encoding(data.getEncoding()));
  }

  private static ByteBuffer cut(ByteBuffer bytes) throws MalformedException {
    int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
    MalformedException.unless(
        length >= 0 && length <= bytes.remaining(), "levels of %d bytes", length);
    var cut = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    return cut;
  }

  /** In version 2 the header has the lengths of the levels, and they are never compressed. */
  private DataPage pageV2(PageHeader header) throws IOException, MalformedException {
    var data = header.getData_page_header_v2();
    int count = countValues(data.getNum_values());
    int repetitionBytes = data.getRepetition_levels_byte_length();
    int definitionBytes = data.getDefinition_levels_byte_length();
    int size = Math.min(header.getCompressed_page_size(), header.getUncompressed_page_size());
    MalformedException.unless(
        repetitionBytes >= 0 && definitionBytes >= 0 && repetitionBytes <= size - definitionBytes,
        "levels of %d and %d bytes in a page of %d",
        repetitionBytes,
        definitionBytes,
        size);
    var repetition = file.spool().read(at, repetitionBytes);
    var definition = file.spool().read(at + repetitionBytes, definitionBytes);
    var values = content(header, repetitionBytes + definitionBytes, data.isIs_compressed());
    ParquetBounds.levels(repetition, column.getMaxRepetitionLevel(), count);
    ParquetBounds.levels(definition, column.getMaxDefinitionLevel(), count);
    ParquetBounds.values(values, encoding(data.getEncoding()), count);
    return DataPageV2.uncompressed(
        data.getNum_rows(),
        data.getNum_nulls(),
        count,
        BytesInput.from(repetition),
        BytesInput.from(definition),
        encoding(data.getEncoding()),
        BytesInput.from(values),
        statistics);
  }

  private int countValues(int count) throws MalformedException {
    ParquetBounds.pageValues(count);
    valuesLeft -= count;
    return count;
  }

  private PageHeader header() throws IOException, MalformedException {
    MalformedException.unless(at < end, "column %s ends early", chunk.getPath());
    int most = (int) Math.min(MAX_HEADER_BYTES, file.spool().bytes() - at);
    var in = new ByteArrayInputStream(file.spool().read(at, most).array());
    var header = ParquetThrift.pageHeader(in);
    at += most - in.available();
    ParquetBounds.pageBytes(header.getCompressed_page_size());
    ParquetBounds.pageBytes(header.getUncompressed_page_size());
    return header;
  }

  /** The page's bytes behind the first {@code skipped}, decompressed; moves on behind the page. */
  private ByteBuffer content(PageHeader header, int skipped, boolean compressed)
      throws IOException, MalformedException {
    int bytes = header.getCompressed_page_size() - skipped;
    var raw = file.spool().read(at + skipped, bytes);
    at += header.getCompressed_page_size();
    if (!compressed) {
      return raw;
    }
    // Copied at once: the decompressor is shared with the pages of other columns.
    var decompressor = file.codecs().getDecompressor(chunk.getCodec());
    int size = header.getUncompressed_page_size() - skipped;
    var content = decompressor.decompress(BytesInput.from(raw), size);
    return ByteBuffer.wrap(content.toInputStream().readNBytes(size));
  }

  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }
}
