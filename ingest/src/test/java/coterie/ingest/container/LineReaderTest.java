package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  @Test
  void linesEndAsOnUnixOrWindowsOrWithTheFile() throws IOException {
    var lines = reader("ab\n\r\nc\r\n\nd", 10);
    assertThat(next(lines)).isEqualTo("ab");
    assertThat(next(lines)).isEmpty();
    assertThat(next(lines)).isEqualTo("c");
    assertThat(next(lines)).isEmpty();
    assertThat(next(lines)).isEqualTo("d");
    assertThat(lines.next()).isNull();
    assertThat(lines.next()).isNull();
  }

  /** The bound is 4: "1234" is the longest line that is read. */
  @Test
  void aLineAboveTheBoundIsPassedOver() throws IOException {
    var lines = reader("1234\n12345\nab\n123456", 4);
    assertThat(next(lines)).isEqualTo("1234");
    assertThatThrownBy(lines::next)
        .isInstanceOf(LongLineException.class)
        .hasMessage("a line of 5 bytes exceeds the bound of 4");
    assertThat(next(lines)).isEqualTo("ab");
    assertThatThrownBy(lines::next).isInstanceOf(LongLineException.class);
    assertThat(lines.next()).isNull();
  }

  /** 70,000 bytes are more than the reader's buffer, once below and once above the bound. */
  @Test
  void linesLongerThanABufferAreWhole() throws IOException {
    var text = "x".repeat(70_000) + "\n" + "y".repeat(70_001) + "\nz";
    var lines = reader(text, 70_000);
    assertThat(next(lines)).hasSize(70_000);
    assertThatThrownBy(lines::next).isInstanceOf(LongLineException.class);
    assertThat(next(lines)).isEqualTo("z");
  }

  @Test
  void theBoundFollowsTheHeap() {
    long heap = Runtime.getRuntime().maxMemory();
    assertThat(LineReader.defaultMaxLineBytes())
        .isBetween(1 << 24, 1 << 30)
        .isIn(1 << 24, 1 << 30, (int) (heap / 16));
  }

  private static LineReader reader(String text, int bound) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return new LineReader(new ByteArrayInputStream(bytes), bound);
  }

  private static String next(LineReader lines) throws IOException {
    return new String(lines.next(), StandardCharsets.UTF_8);
  }
}
