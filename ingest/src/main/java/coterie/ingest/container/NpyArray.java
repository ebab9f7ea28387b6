package coterie.ingest.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * One array of NumPy's {@code .npy} format, versions 1 to 3.
 *
 * <p>The format is described in NumPy's documentation ({@code numpy.lib.format}): a magic string, a
 * version, the length of a header that is a Python dictionary in ASCII, and raw elements. Fortran
 * order, big endian and objects are refused.
 */
public final class NpyArray {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER_BYTES = 65_536;

  private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9,\\s]*)\\)");

  private static final Pattern NO_COMMA = Pattern.compile("[0-9]\\s+[0-9]");

  private final ElementType type;
  private final int[] shape;
  private final ByteBuffer data;

  private NpyArray(ElementType type, int[] shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /**
   * Parses a whole array.
   *
   * @throws MalformedException saying what is wrong with the bytes
   */
  public static NpyArray parse(byte[] file) throws MalformedException {
    int start = headerStart(file);
    int headerBytes = headerBytes(file);
    MalformedException.unless(
        headerBytes <= MAX_HEADER_BYTES, "npy header of %d bytes", headerBytes);
    MalformedException.unless(
        file.length - start >= headerBytes, "npy ends inside its header of %d bytes", headerBytes);
    var header = new String(file, start, headerBytes, StandardCharsets.ISO_8859_1);
    var descr = group(DESCR, header, "descr");
    MalformedException.unless(
        group(ORDER, header, "fortran_order").equals("False"), "npy in Fortran order");
    var type = ElementType.find(descr);
    MalformedException.unless(type.isPresent(), "npy of dtype '%s'", descr);
    int[] shape = shape(group(SHAPE, header, "shape"));
    var data = ByteBuffer.wrap(file, start + headerBytes, file.length - start - headerBytes);
    long bytes = type.get().bytes();
    for (int extent : shape) {
      MalformedException.unless(
          extent == 0 || bytes <= Integer.MAX_VALUE / extent,
          "npy shape %s is too large",
          text(shape));
      bytes *= extent;
    }
    MalformedException.unless(
        data.remaining() == bytes,
        "npy of shape %s and dtype %s has %d bytes of data, not %d",
        text(shape),
        descr,
        data.remaining(),
        bytes);
    return new NpyArray(type.get(), shape, data.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  private static int headerStart(byte[] file) throws MalformedException {
    MalformedException.unless(
        file.length >= 12 && Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length),
        "no npy array");
    int major = file[6];
    MalformedException.unless(major >= 1 && major <= 3, "npy version %d", major);
    return major == 1 ? 10 : 12;
  }

  private static int headerBytes(byte[] file) throws MalformedException {
    var buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int bytes = file[6] == 1 ? buffer.getShort(8) & 0xFFFF : buffer.getInt(8);
    MalformedException.unless(bytes >= 0, "npy header of %d bytes", bytes);
    return bytes;
  }

  private static String group(Pattern pattern, String header, String field)
      throws MalformedException {
    var matcher = pattern.matcher(header);
    MalformedException.unless(matcher.find(), "npy header without %s", field);
    return matcher.group(1);
  }

  private static int[] shape(String text) throws MalformedException {
    try {
      return Arrays.stream(text.split(","))
          .map(String::strip)
          .filter(extent -> !extent.isEmpty())
          .mapToInt(Integer::parseInt)
          .toArray();
    } catch (NumberFormatException noNumber) {
      throw new MalformedException(
          "npy shape (%s) is %s"
              .formatted(text, NO_COMMA.matcher(text).find() ? "no list" : "too large"));
    }
  }

  private static String text(int[] shape) {
    return Arrays.toString(shape);
  }

  public ElementType type() {
    return type;
  }

  public int dimensions() {
    return shape.length;
  }

  public int extent(int dimension) {
    return shape[dimension];
  }

  public String shapeText() {
    return text(shape);
  }

  /** The element at an index in C order, for integer arrays. */
  public long integer(int index) {
    return type.integer(data, index);
  }

  /** The element at an index in C order, for integers and for floats of single or double width. */
  public double number(int index) {
    return type.number(data, index);
  }

  /** The element at an index in C order as float16 bits. */
  public short half(int index) {
    return type.half(data, index);
  }

  /** The elements in C order, little endian. */
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
