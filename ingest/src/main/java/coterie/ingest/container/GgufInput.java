package coterie.ingest.container;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The values of a GGUF header, little endian; a header that is too long is an error. */
final class GgufInput {

  /** A tokenizer of 250,000 words, which headers of models have, takes less than 10 MB. */
  private static final int MAX_HEADER_BYTES = 1 << 26;

  private static final int MAX_STRING_BYTES = 1 << 20;

  private final InputStream in;
  private long position;

  GgufInput(InputStream in) {
    this.in = in;
  }

  int u32() throws IOException, MalformedException {
    return buffer(Integer.BYTES).getInt();
  }

  /** 64 bits; negative if unsigned they are more than a long holds. */
  long u64() throws IOException, MalformedException {
    return buffer(Long.BYTES).getLong();
  }

  /** A number of things, within a bound. */
  long count(String what, long atMost) throws IOException, MalformedException {
    long count = u64();
    MalformedException.unless(
        count >= 0 && count <= atMost,
        "GGUF of %s %s, at most %d are read",
        Long.toUnsignedString(count),
        what,
        atMost);
    return count;
  }

  /** A length (u64) and that many bytes of UTF-8. */
  String string() throws IOException, MalformedException {
    long length = u64();
    MalformedException.unless(
        length >= 0 && length <= MAX_STRING_BYTES,
        "GGUF with a string of %s bytes, at most %d are read",
        Long.toUnsignedString(length),
        MAX_STRING_BYTES);
    return new String(bytes((int) length), StandardCharsets.UTF_8);
  }

  /** Skips some values of as many bytes each. */
  void skip(long count, int bytesEach) throws IOException, MalformedException {
    boolean small = count >= 0 && count <= MAX_HEADER_BYTES;
    skip(small ? count * bytesEach : Long.MAX_VALUE);
  }

  void skip(long bytes) throws IOException, MalformedException {
    advance(bytes);
    try {
      in.skipNBytes(bytes);
    } catch (EOFException end) {
      throw broken();
    }
  }

  /** Skips to the next multiple of a power of two. */
  void skipPadding(int alignment) throws IOException, MalformedException {
    skip(-position & (alignment - 1));
  }

  private ByteBuffer buffer(int bytes) throws IOException, MalformedException {
    return ByteBuffer.wrap(bytes(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] bytes(int count) throws IOException, MalformedException {
    advance(count);
    var bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw broken();
    }
    return bytes;
  }

  private void advance(long bytes) throws MalformedException {
    MalformedException.unless(
        bytes >= 0 && bytes <= MAX_HEADER_BYTES - position,
        "GGUF header of more than %d bytes",
        MAX_HEADER_BYTES);
    position += bytes;
  }

  private static EOFException broken() {
    return new EOFException("the file ends in its GGUF header");
  }
}
