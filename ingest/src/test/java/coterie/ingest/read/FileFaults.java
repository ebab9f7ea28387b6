package coterie.ingest.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Files at fault as a whole: text that is odd but sound, text that is not, broken gzip. */
final class FileFaults {

  private static final String OK = VllmFaults.sound();
  private static final String FIRST = "1: ok decode@7 *";
  private static final String SECOND = "2: ok decode@7 *";
  private static final byte[] TWO_LINES = Fault.utf8(OK + "\n" + OK + "\n");
  private static final byte[] GZIP = gzip(TWO_LINES);

  private FileFaults() {}

  /** All of this is read. */
  static List<Fault> sound() {
    return List.of(
        text("Windows line ends", OK + "\r\n" + OK + "\r\n", FIRST, SECOND),
        text("no last line end", OK + "\n" + OK, FIRST, SECOND),
        text("a byte order mark", "\uFEFF" + OK + "\n" + OK, FIRST, SECOND),
        text(
            "blank lines between",
            "\n \t\n" + OK + "\r\n\r\n" + OK,
            "3: ok decode@7 *",
            "5: ok decode@7 *"),
        text("spaces around", "  " + OK + "  \n" + OK, FIRST, SECOND),
        file(
            "two members of gzip",
            Fault.join(gzip(Fault.utf8(OK + "\n")), gzip(Fault.utf8(OK))),
            FIRST,
            SECOND),
        file(
            "a gzip member without content in between",
            Fault.join(gzip(Fault.utf8(OK + "\n")), gzip(new byte[0]), gzip(Fault.utf8(OK))),
            FIRST,
            SECOND),
        file(
            "a gzip member that ends within a line",
            Fault.join(gzip(Fault.utf8(OK.substring(0, 50))), gzip(Fault.utf8(OK.substring(50)))),
            FIRST),
        file("gzip with all that a header may have", longHeader(), FIRST, SECOND),
        file("gzip of nothing", gzip(new byte[0])),
        text("nothing", ""),
        text("blank lines alone", "\n\r\n  \n\t\n"));
  }

  static List<Fault> ofText() {
    return List.of(
        file(
            "UTF-16",
            (OK + "\n" + OK).getBytes(StandardCharsets.UTF_16LE),
            FIRST,
            "2: malformed: …"),
        text("line ends of old Macs", OK + "\r" + OK, "1: malformed: Trailing token …"),
        text(
            "a line that is not JSON",
            OK + "\nhello\n" + OK,
            FIRST,
            "2: malformed: Unrecognized token 'hello'…",
            "3: ok decode@7 *"),
        text(
            "the file cut in its last line",
            OK + "\n" + OK.substring(0, OK.length() - 1),
            FIRST,
            "2: malformed: Unexpected end-of-input…"),
        text(
            "the start of the file lost",
            OK.substring(40) + "\n" + OK,
            "1: malformed: Unrecognized token…",
            SECOND),
        text(
            "another engine's response",
            SglangFaults.sound() + "\n" + OK,
            "1: malformed: no choices",
            SECOND),
        text(
            "another model's in between",
            other() + "\n" + OK,
            "1: shape: 3 layers x top-2, model tiny has 2 x top-2",
            SECOND));
  }

  static List<Fault> ofGzip() {
    return List.of(
        file(
            "cut in the header",
            Arrays.copyOf(GZIP, 6),
            "1: unreadable: gzip file cut off in a header or checksum"),
        file(
            "cut behind the header",
            Arrays.copyOf(GZIP, 10),
            "1: unreadable: gzip file cut off in its data"),
        file(
            "cut in the checksum",
            Arrays.copyOf(GZIP, GZIP.length - 6),
            FIRST,
            SECOND,
            "3: unreadable: gzip file cut off in a header or checksum"),
        file(
            "cut in the second member",
            Fault.join(gzip(TWO_LINES), Arrays.copyOf(GZIP, 15)),
            FIRST,
            SECOND,
            "3: unreadable: gzip file cut off in its data"),
        file(
            "cut in the second member's header",
            Fault.join(gzip(TWO_LINES), Arrays.copyOf(GZIP, 5)),
            FIRST,
            SECOND,
            "3: unreadable: gzip file cut off in a header or checksum"),
        file(
            "bytes behind the end",
            Fault.join(GZIP, Fault.utf8("more")),
            FIRST,
            SECOND,
            "3: unreadable: bytes behind member 1 of the gzip file"),
        file(
            "one byte behind the end",
            Fault.join(GZIP, new byte[1]),
            FIRST,
            SECOND,
            "3: unreadable: gzip file cut off in a header or checksum"),
        file(
            "a wrong checksum",
            changed(GZIP.length - 8),
            FIRST,
            SECOND,
            "3: unreadable: gzip checksum is …"),
        file(
            "a wrong length",
            changed(GZIP.length - 4),
            FIRST,
            SECOND,
            "3: unreadable: gzip length is …"),
        file("another method", changed(2), "1: unreadable: gzip header of method 9 and flags 0"),
        file(
            "reserved flags",
            Fault.join(new byte[] {0x1F, (byte) 0x8B, 8, (byte) 0xE0}, new byte[6]),
            "1: unreadable: gzip header of method 8 and flags 224"),
        Fault.file(
            TraceFormat.NPZ,
            "an .npz in gzip, cut",
            Arrays.copyOf(gzip(Base64.getDecoder().decode(NumpyBytes.NPZ)), 200),
            "1: unreadable: gzip file cut off in its data"));
  }

  /** RFC 1952: text, header checksum, extra field of two bytes, name, comment. */
  private static byte[] longHeader() {
    return Fault.join(
        new byte[] {0x1F, (byte) 0x8B, 8, 0x1F, 0, 0, 0, 0, 0, 3},
        new byte[] {2, 0, 7, 7},
        Fault.utf8("trace.jsonl\0a comment\0"),
        new byte[2],
        Arrays.copyOfRange(GZIP, 10, GZIP.length));
  }

  private static String other() {
    var wide = NpyText.base64(NpyText.npy("|u1", "(4, 3, 2)", new byte[24]));
    return OK.replace(NumpyBytes.U1, wide);
  }

  private static byte[] changed(int at) {
    var bytes = GZIP.clone();
    bytes[at] ^= 1;
    return bytes;
  }

  private static Fault text(String name, String content, String... expected) {
    return file(name, Fault.utf8(content), expected);
  }

  private static Fault file(String name, byte[] content, String... expected) {
    return Fault.file(TraceFormat.VLLM, name, content, expected);
  }

  static byte[] gzip(byte[] content) {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }
}
