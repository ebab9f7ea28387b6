package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class TraceInputTest {

  private static final String TWO_LINES = "{\"choices\": []}\n{\"id\": \"second\"}\n";

  /** {@code zstd} 1.5.4 of the one line and of the other, one behind the other. */
  private static final byte[] ZSTD_FRAMES =
      bytes("KLUv/QRYgQAAeyJjaG9pY2VzIjogW119CqsRj/cotS/9BFiJAAB7ImlkIjogInNlY29uZCJ9Cp4KA/Y=");

  /** {@code gzip -n} 1.12 of the one line and of the other, one behind the other. */
  private static final byte[] GZIP_MEMBERS =
      bytes(
          "H4sIAAAAAAAAA6tWSs7Iz0xOLVayUoiOreUCAI+xg6wQAAAAH4sIAAAAAAAAA6tWykxRslJQKk5Nzs9LUarl"
              + "AgD+NGkIEQAAAA==");

  /** {@code zstd} 1.5.4 of a million zeros. */
  private static final byte[] ZSTD_ZEROS =
      bytes("KLUv/QRYVAAAEAAAAQD7/znAAgIAEAACABAAAgAQAAIAEAACABAAAgAQAAMSCgDMrso5");

  @Test
  void framesAndMembersAreReadThrough() throws IOException {
    assertThat(content(ZSTD_FRAMES)).isEqualTo(TWO_LINES);
    assertThat(content(GZIP_MEMBERS)).isEqualTo(TWO_LINES);
    assertThat(content(TWO_LINES.getBytes(StandardCharsets.UTF_8))).isEqualTo(TWO_LINES);
    assertThat(content(new byte[0])).isEmpty();
    assertThat(content(new byte[] {0x1F})).isEqualTo("\u001F");
  }

  /** Object stores say that nothing is available, and give a few bytes at a time. */
  @Test
  void aSlowFileIsReadThroughToo() throws IOException {
    assertThat(text(TraceInput.decompress(new Dripping(ZSTD_FRAMES)))).isEqualTo(TWO_LINES);
    assertThat(text(TraceInput.decompress(new Dripping(GZIP_MEMBERS)))).isEqualTo(TWO_LINES);
  }

  @Test
  void everyTruncationIsAnErrorOrEndsBetweenMembers() {
    for (var whole : new byte[][] {ZSTD_FRAMES, GZIP_MEMBERS}) {
      int between = whole == ZSTD_FRAMES ? 29 : 36;
      for (int length = 4; length < whole.length; length++) {
        var cut = Arrays.copyOf(whole, length);
        if (length == between) {
          assertThat(TWO_LINES).startsWith(unchecked(cut));
        } else {
          assertThatThrownBy(() -> content(cut))
              .as("%d bytes", length)
              .isInstanceOf(IOException.class);
        }
      }
    }
  }

  /** A million bytes from 51: above 1,000 bytes the ratio may be 200, so 10,200 bytes pass. */
  @Test
  void bombsFailAndNameTheBound() throws IOException {
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      out.write(new byte[1_000_000]);
    }
    for (var bomb : new byte[][] {ZSTD_ZEROS, gzip.toByteArray()}) {
      assertThatThrownBy(
              () ->
                  TraceInput.decompress(new ByteArrayInputStream(bomb), 1_000, 200).readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("decompresses to more than 200 times its size: ")
          .hasMessageEndingWith(" bytes from the first %d".formatted(bomb.length));
      assertThat(length(bomb, 1_000_000, 200)).isEqualTo(1_000_000);
      assertThat(length(bomb, 1_000, 1_000_000)).isEqualTo(1_000_000);
      assertThat(TraceInput.decompress(new ByteArrayInputStream(bomb)).readAllBytes())
          .hasSize(1_000_000);
    }
  }

  private static int length(byte[] file, long boundFrom, int maxRatio) throws IOException {
    return TraceInput.decompress(new ByteArrayInputStream(file), boundFrom, maxRatio)
        .readAllBytes()
        .length;
  }

  private static String content(byte[] file) throws IOException {
    return text(TraceInput.decompress(new ByteArrayInputStream(file)));
  }

  private static String unchecked(byte[] file) {
    try {
      return content(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  /** Two bytes a call, never any available. */
  private static final class Dripping extends InputStream {

    private final InputStream bytes;

    Dripping(byte[] bytes) {
      this.bytes = new ByteArrayInputStream(bytes);
    }

    @Override
    public int read() throws IOException {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      return bytes.read(into, from, Math.min(2, length));
    }
  }
}
