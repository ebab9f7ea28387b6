package coterie.ingest.container;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A stream in the GGUF format, versions 2 and 3, little endian (ggml-org/ggml, {@code
 * docs/gguf.md}): metadata, a list of tensors, padding, and the tensors' data, each at an offset
 * that is a multiple of {@code general.alignment}.
 *
 * <p>The header is held in memory; of the data, only the tensor that is asked for. The stream is
 * read once, so tensors must be asked for in the order in which they lie.
 */
public final class GgufFile {

  /** ggml's number of 32-bit floats. */
  private static final int F32 = 0;

  /**
   * One tensor, as the header describes it.
   *
   * @param type ggml's number of its element type
   * @param extents fastest first, the other way round than NumPy
   * @param offset of its data, counted from the end of the header
   */
  public record Tensor(String name, int type, List<Long> extents, long offset) {}

  private final InputStream in;
  private final GgufHeader header;

  /** Bytes of data that were read or passed over. */
  private long position;

  private GgufFile(InputStream in, GgufHeader header) {
    this.in = in;
    this.header = header;
  }

  /**
   * Reads the header.
   *
   * @throws EOFException if the stream ends in it
   * @throws MalformedException saying what is wrong with it
   */
  public static GgufFile open(InputStream in) throws IOException, MalformedException {
    return new GgufFile(in, GgufHeader.read(in));
  }

  /** A string of the metadata. */
  public Optional<String> text(String key) {
    return header.text(key);
  }

  /** All tensors, in the order of the header. */
  public List<Tensor> tensors() {
    return header.tensors();
  }

  /**
   * Reads a tensor of 32-bit floats.
   *
   * @throws EOFException if the stream ends before the tensor
   * @throws MalformedException if it has other elements, is too large for an array, or begins
   *     before the end of the one that was read last
   */
  public float[] floats(Tensor tensor) throws IOException, MalformedException {
    MalformedException.unless(
        tensor.type() == F32, "tensor '%s' is of type %d, not F32", tensor.name(), tensor.type());
    long bytes = Float.BYTES;
    for (long extent : tensor.extents()) {
      MalformedException.unless(
          extent == 0 || bytes <= Integer.MAX_VALUE / extent,
          "tensor '%s' of %s elements is too large",
          tensor.name(),
          tensor.extents());
      bytes *= extent;
    }
    MalformedException.unless(
        tensor.offset() >= position,
        "tensor '%s' begins at %d, the one before it ends at %d",
        tensor.name(),
        tensor.offset(),
        position);
    var data = ByteBuffer.wrap(read(tensor, (int) bytes)).order(ByteOrder.LITTLE_ENDIAN);
    var values = new float[data.remaining() / Float.BYTES];
    data.asFloatBuffer().get(values);
    return values;
  }

  private byte[] read(Tensor tensor, int bytes) throws IOException {
    try {
      in.skipNBytes(tensor.offset() - position);
    } catch (EOFException end) {
      throw new EOFException("the file ends before tensor '%s'".formatted(tensor.name()));
    }
    var data = in.readNBytes(bytes);
    if (data.length < bytes) {
      throw new EOFException(
          "the file ends after %d of the %d bytes of tensor '%s'"
              .formatted(data.length, bytes, tensor.name()));
    }
    position = tensor.offset() + bytes;
    return data;
  }
}
