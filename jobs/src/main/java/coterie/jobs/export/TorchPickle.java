package coterie.jobs.export;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The pickle (protocol 2) of a dictionary with one tensor, in the subset that {@code
 * torch.load(weights_only=True)} allows. Opcodes as in Python's {@code pickletools}.
 */
final class TorchPickle {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private TorchPickle() {}

  /** {@code {key: torch._utils._rebuild_tensor_v2(storage 0, 0, (rows, columns), ...)}}. */
  static byte[] ofInt64Matrix(String key, int rows, int columns) {
    var pickle = new TorchPickle();
    pickle.op("\u0080\u0002").op("}").text(key);
    pickle.global("torch._utils", "_rebuild_tensor_v2").op("(");
    pickle.op("(").text("storage").global("torch", "LongStorage").text("0").text("cpu");
    pickle.integer(rows * columns).op("t").op("Q");
    pickle.integer(0);
    pickle.integer(rows).integer(columns).op("\u0086");
    pickle.integer(columns).integer(1).op("\u0086");
    // No gradient, no hooks: an empty OrderedDict.
    pickle.op("\u0089").global("collections", "OrderedDict").op(")").op("R");
    pickle.op("t").op("R").op("s").op(".");
    return pickle.out.toByteArray();
  }

  private TorchPickle op(String opcode) {
    out.writeBytes(opcode.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  private TorchPickle global(String module, String name) {
    return op("c" + module + "\n" + name + "\n");
  }

  private TorchPickle text(String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    op("X").word(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  private TorchPickle integer(int value) {
    if (value < 1 << 8) {
      op("K");
      out.write(value);
      return this;
    }
    if (value < 1 << 16) {
      op("M");
      out.write(value);
      out.write(value >> 8);
      return this;
    }
    return op("J").word(value);
  }

  private TorchPickle word(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }
}
