package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.ModelGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays of counts are written by NumPy 2.4.6, in base64. */
class NpyReaderTest {

  // 5 4 3 8 in the first layer, 10 0 7 3 in the second.

  static final String LOADS_I8 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs"
          + "IDQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoFAAAAAAAAAAQAAAAAAAAAAwAAAAAAAAAIAAAAAAAAAAoAAAAAAAAAAAAAAAAAAAAHAAAAAAAAAAMAAAAA"
          + "AAAA";

  private static final String LOADS_F8 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs"
          + "IDQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoAAAAAAAAUQAAAAAAAABBAAAAAAAAACEAAAAAAAAAgQAAAAAAAACRAAAAAAAAAAAAAAAAAAAAcQAAAAAAA"
          + "AAhA";

  private static final String LOADS_F2 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs"
          + "IDQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoARQBEAEIASABJAAAARwBC";

  static final String PASSES_F4 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMs"
          + "IDIsIDQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoAAKBAAACAQAAAQEAAAABBAAAgQQAAAAAAAOBAAABAQAAAAD8AAIBAAABAQAAAAEEAACBBAAAAAAAA4EAA"
          + "AEBAAACAPwAAAEAAAEBAAACAQAAAgEAAAEBAAAAAQAAAgD8=";

  private static final String PASSES_I4 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs"
          + "IDIsIDQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoFAAAABAAAAAMAAAAIAAAACgAAAAAAAAAHAAAAAwAAAAEAAAACAAAAAwAAAAQAAAAEAAAAAwAAAAIAAAD/"
          + "////";

  private static final String NAN =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs"
          + "IDQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoAAAAAAAD4fwAAAAAAAPA/AAAAAAAA8D8AAAAAAADwPwAAAAAAAPA/AAAAAAAA8D8AAAAAAADwPwAAAAAA"
          + "APA/";

  private static final String FLAT =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQs"
          + "KSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoAAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAA==";

  private static final String LOADS = "[5, 4, 3, 8, 10, 0, 7, 3]";

  @Test
  void integersWithTheModelsTopKLastAreTokens() {
    var tokens = "1: - decode@0 [3 2|1 0][0 1|2 3][3 1|0 2][1 2|3 0]";
    assertThat(read(NumpyBytes.U1, "decode", Models.TINY)).containsExactly(tokens);
    assertThat(read(NumpyBytes.U2, "decode", Models.TINY)).containsExactly(tokens);
    assertThat(read(NumpyBytes.U1, null, Models.TINY))
        .containsExactly("1: phase-unknown: an .npy of tokens does not say it");
    assertThat(read(NumpyBytes.U1, "decode", model(3, 4, 2)))
        .containsExactly("1: shape: 2 layers x top-2, model tiny has 3 MoE layers of 3 x top-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {LOADS_I8, LOADS_F8})
  void aMatrixIsCounts(String encoded) {
    assertThat(read(encoded, null, Models.TINY))
        .containsExactly("1: mixed step null rank null " + LOADS);
    assertThat(read(encoded, "prefill", Models.TINY))
        .containsExactly("1: prefill step null rank null " + LOADS);
  }

  /** The second pass has half a token, or one less than none. */
  @Test
  void threeExtentsWithTheModelsExpertsLastArePasses() {
    assertThat(read(PASSES_F4, null, Models.TINY))
        .containsExactly(
            "1: mixed step null rank null " + LOADS,
            "2: malformed: expert 0 in row 0 is 0.5, which is no count",
            "3: mixed step null rank null [1, 2, 3, 4, 4, 3, 2, 1]");
    assertThat(read(PASSES_I4, null, Models.TINY))
        .containsExactly(
            "1: mixed step null rank null " + LOADS, "2: shape: count -1 of expert 3 in layer 1");
  }

  /** A model of four experts that activates all of them. */
  @Test
  void whereBothWouldFitIntegersAreTokensAndFloatsAreCounts() {
    var dense = model(2, 4, 4);
    assertThat(read(PASSES_I4, "decode", dense))
        .containsExactly("1: - decode@0 [5 4 3 8|10 0 7 3][1 2 3 4|4 3 2 -1]");
    assertThat(read(PASSES_F4, "decode", dense)).hasSize(3);
  }

  @Test
  void whatFitsNeitherIsRefused() {
    assertThat(read(FLAT, null, Models.TINY))
        .containsExactly(
            "1: shape: array of shape [4] and dtype <i8 is neither [tokens, layers, 2] of integers"
                + " nor counts [layers, 4] of model tiny");
    assertThat(read(LOADS_I8, null, model(2, 8, 2)))
        .containsExactly(
            "1: shape: array of shape [2, 4] and dtype <i8 is neither [tokens, layers, 2] of"
                + " integers nor counts [layers, 8] of model tiny");
    assertThat(read(LOADS_I8, null, model(3, 4, 2)))
        .containsExactly(
            "1: shape: counts of 2 layers x 4 experts, model tiny has 3 MoE layers of 3 x 4");
  }

  @Test
  void whatIsNoCountIsRefused() {
    assertThat(read(NAN, null, Models.TINY))
        .containsExactly("1: malformed: expert 0 in row 0 is NaN, which is no count");
    assertThat(read(LOADS_F2, null, Models.TINY))
        .containsExactly("1: malformed: counts of dtype <f2 are rounded from 2,048 on");
    assertThat(read(NumpyBytes.FORTRAN, null, Models.TINY))
        .containsExactly("1: malformed: npy in Fortran order");
  }

  @Test
  void everyTruncationIsReported() {
    var whole = Base64.getDecoder().decode(PASSES_F4);
    for (int length = 0; length < whole.length; length++) {
      var cut = Base64.getEncoder().encodeToString(Arrays.copyOf(whole, length));
      assertThat(read(cut, null, Models.TINY))
          .as("%d bytes", length)
          .singleElement()
          .asString()
          .startsWith("1: malformed: ");
    }
  }

  /** No byte of data, but two thousand million passes. */
  @Test
  void manyPassesOfNothingAreNothing() {
    var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000, 0, 4), }";
    var file = new byte[10 + header.length()];
    System.arraycopy(Base64.getDecoder().decode(LOADS_I8), 0, file, 0, 8);
    file[8] = (byte) header.length();
    System.arraycopy(header.getBytes(StandardCharsets.US_ASCII), 0, file, 10, header.length());
    assertThat(read(Base64.getEncoder().encodeToString(file), null, Models.TINY))
        .containsExactly("1: empty: array of shape [2000000000, 0, 4]");
  }

  @Test
  void isToldByItsFirstBytes() throws IOException {
    var array = new ByteArrayInputStream(Base64.getDecoder().decode(LOADS_I8));
    assertThat(TraceFormat.detect(array)).contains(TraceFormat.NPY);
  }

  private static ModelGeometry model(int layers, int experts, int topK) {
    return new ModelGeometry(
        "tiny", "main", layers, ModelGeometry.layersFrom(0, layers), experts, topK, 0, null, 1);
  }

  private static List<String> read(String encoded, String phase, ModelGeometry model) {
    var content = Base64.getDecoder().decode(encoded);
    return Readers.records(TraceFormat.NPY, content, new ReadContext(model, phase)).stream()
        .map(Readers::describe)
        .toList();
  }
}
