package coterie.ingest.container;

import java.io.ByteArrayInputStream;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.protocol.TList;
import shaded.parquet.org.apache.thrift.protocol.TProtocolException;
import shaded.parquet.org.apache.thrift.protocol.TStruct;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;
import shaded.parquet.org.apache.thrift.transport.TTransportException;

/**
 * Footers and page headers, which are Thrift in its compact protocol (apache/thrift, {@code
 * doc/specs/thrift-compact-protocol.md}). Parquet itself reads them without bounds of its own: a
 * list or text of a few bytes that says to be huge is allocated, and structures in structures, a
 * byte each, take the stack. Here nothing is longer than the bytes there are.
 */
final class ParquetThrift extends TCompactProtocol {

  private static final int MAX_DEPTH = 64;

  private int depth;

  private ParquetThrift(ByteArrayInputStream in, int bytes) throws TTransportException {
    super(
        new TIOStreamTransport(new TConfiguration(bytes, bytes, MAX_DEPTH), in),
        Math.max(1, bytes),
        Math.max(1, bytes));
  }

  /** Throws unless these bytes begin with a footer. */
  static void checkFooter(byte[] footer) throws MalformedException {
    try {
      new FileMetaData().read(new ParquetThrift(new ByteArrayInputStream(footer), footer.length));
    } catch (TException | RuntimeException malformed) {
      // Thrift throws all kinds of them on broken bytes.
      throw new MalformedException("no Parquet footer: " + malformed.getMessage());
    }
  }

  /** The header that a stream begins with. */
  static PageHeader pageHeader(ByteArrayInputStream in) throws MalformedException {
    try {
      var header = new PageHeader();
      header.read(new ParquetThrift(in, in.available()));
      return header;
    } catch (TException | RuntimeException malformed) {
      throw new MalformedException("no page header: " + malformed.getMessage());
    }
  }

  @Override
  public TStruct readStructBegin() throws TException {
    enter();
    return super.readStructBegin();
  }

  @Override
  public void readStructEnd() throws TException {
    depth--;
    super.readStructEnd();
  }

  @Override
  public TList readListBegin() throws TException {
    enter();
    return super.readListBegin();
  }

  @Override
  public void readListEnd() throws TException {
    depth--;
    super.readListEnd();
  }

  private void enter() throws TProtocolException {
    depth++;
    if (depth > MAX_DEPTH) {
      throw new TProtocolException(
          TProtocolException.DEPTH_LIMIT, "nested more than %d deep".formatted(MAX_DEPTH));
    }
  }
}
