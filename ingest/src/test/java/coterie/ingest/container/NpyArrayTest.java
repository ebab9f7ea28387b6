package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.ingest.read.IdArray;
import coterie.ingest.read.NumpyBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyArrayTest {

  @ParameterizedTest
  @ValueSource(strings = {NumpyBytes.U1, NumpyBytes.U2, NumpyBytes.VERSION_2})
  void readsWhatNumpyWrote(String encoded) throws MalformedException {
    var ids = IdArray.of(NpyArray.parse(bytes(encoded)));
    assertThat(new int[] {ids.rows(), ids.layers(), ids.topK()}).containsExactly(4, 2, 2);
    assertThat(ids.id(0, 0, 0)).isEqualTo(3);
    assertThat(ids.id(1, 1, 0)).isEqualTo(2);
    assertThat(ids.id(3, 1, 1)).isZero();
  }

  @Test
  void refusesWhatItCannotRead() {
    refused(bytes(NumpyBytes.FORTRAN), "npy in Fortran order");
    refused(bytes(NumpyBytes.BIG_ENDIAN), "npy of dtype '>u2'");
    refused("not an array at all".getBytes(StandardCharsets.UTF_8), "no npy array");
    refused(new byte[0], "no npy array");
  }

  @Test
  void refusesFloatsAsIds() throws MalformedException {
    var floats = NpyArray.parse(bytes(NumpyBytes.FLOATS));
    assertThatThrownBy(() -> IdArray.of(floats))
        .hasMessage(
            "experts of shape [4, 2, 2] and dtype <f8, expected [tokens, layers, k] of integers");
  }

  @Test
  void refusesEveryTruncation() {
    var whole = bytes(NumpyBytes.U1);
    for (int length = 0; length < whole.length; length++) {
      var cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> NpyArray.parse(cut)).isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void refusesShapesThatLie() {
    refused(
        withHeader("(4, 2, 2)", "(4, 2, 3)"),
        "npy of shape [4, 2, 3] and dtype |u1 has 16 bytes of data, not 24");
    refused(withHeader("(4, 2, 2)", "(9999999999999,)"), "npy shape (9999999999999,) is too large");
    refused(
        withHeader("(4, 2, 2)", "(65536, 65536, 2)"), "npy shape [65536, 65536, 2] is too large");
    refused(withHeader("'shape'", "'shake'"), "npy header without shape");
  }

  private static byte[] withHeader(String from, String to) {
    var text = new String(bytes(NumpyBytes.U1), StandardCharsets.ISO_8859_1);
    // The header keeps its length: its padding gives way.
    int change = to.length() - from.length();
    var padding = " ".repeat(Math.max(0, change));
    text = text.replace(from, to);
    text =
        change > 0
            ? text.replace(padding + "\n", "\n")
            : text.replace("\n", " ".repeat(-change) + "\n");
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void refused(byte[] file, String message) {
    assertThatThrownBy(() -> NpyArray.parse(file))
        .isInstanceOf(MalformedException.class)
        .hasMessage(message);
  }

  private static byte[] bytes(String encoded) {
    return Base64.getDecoder().decode(encoded);
  }
}
