package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  private static final String PAIR =
      "{\"__metadata__\": {\"format\": \"pt\"},"
          + " \"a\": {\"dtype\": \"I32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
          + " \"b\": {\"dtype\": \"I64\", \"shape\": [1, 1], \"data_offsets\": [8, 16]}}";

  private static final byte[] DATA = {1, 0, 0, 0, -1, -1, -1, -1, 0, 1, 0, 0, 0, 0, 0, 0};

  @Test
  void readsTensorsByTheirType() throws IOException, MalformedException {
    try (var spool = spool(file(PAIR, DATA))) {
      var file = SafetensorsFile.parse(spool);
      assertThat(file.tensors())
          .containsExactly(
              new SafetensorsFile.Tensor("a", "I32", List.of(2L), 0, 8),
              new SafetensorsFile.Tensor("b", "I64", List.of(1L, 1L), 8, 16));
      assertThat(file.integers(file.tensors().get(0))).containsExactly(1, -1);
      assertThat(file.integers(file.tensors().get(1))).containsExactly(256);
    }
  }

  @Test
  void aFileThatBreaksOffKeepsItsBeginning() throws IOException, MalformedException {
    try (var spool = spool(file(PAIR, new byte[12]))) {
      var file = SafetensorsFile.parse(spool);
      assertThat(file.integers(file.tensors().get(0))).containsExactly(0, 0);
      assertThatThrownBy(() -> file.integers(file.tensors().get(1)))
          .isInstanceOf(EOFException.class)
          .hasMessage("tensor 'b' ends at 16, the file at 12");
    }
  }

  @Test
  void aHeaderThatBreaksOffIsTold() throws IOException {
    var whole = file(PAIR, DATA);
    for (int length = 0; length < whole.length - DATA.length; length++) {
      try (var spool = spool(java.util.Arrays.copyOf(whole, length))) {
        assertThatThrownBy(() -> SafetensorsFile.parse(spool)).isInstanceOf(EOFException.class);
      }
    }
  }

  @Test
  void headersThatLieAboutTheirLengthAreRefused() throws IOException {
    refused(
        header(Long.MAX_VALUE),
        "safetensors header of 9223372036854775807 bytes, at most 100000000 are read");
    refused(
        header(-1), "safetensors header of 18446744073709551615 bytes, at most 100000000 are read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []               | safetensors header is no JSON object
          {} {}            | safetensors header goes on behind its JSON object
          {"a": 1}         | tensor 'a' is no JSON object
          {"a": {"x": 1}}  | tensor 'a' has a 'x'
          {"a": {}}        | tensor 'a' has dtype null and data_offsets []
          {"a": {"data_offsets": [-1, 8]}} \
          | data_offsets of tensor 'a' are not at most 8 whole numbers
          {"a": {"shape": [1,1,1,1,1,1,1,1,1]}} \
          | shape of tensor 'a' are not at most 8 whole numbers
          {"a": {"dtype": "I64", "data_offsets": [8, 0]}} \
          | tensor 'a' has dtype I64 and data_offsets [8, 0]
          {"a": {"dtype": "I64", "data_offsets": [4, 8]}} \
          | tensor 'a' begins at 4, the one before it ends at 0
          {"a": {"dtype": "I64", "data_offsets": [0, 8]}, \
          "b": {"dtype": "I64", "data_offsets": [4, 12]}} \
          | tensor 'b' begins at 4, the one before it ends at 8
          {"a": {"dtype": "I32", "shape": [1], "data_offsets": [0, 4]}} \
          | 12 bytes behind the last tensor
          """)
  void headersThatMakeNoSenseAreRefused(String header, String message) throws IOException {
    refused(file(header, DATA), message);
  }

  @Test
  void namesComeOnce() throws IOException {
    var tensor = "\"a\": {\"dtype\": \"I32\", \"shape\": [2], \"data_offsets\": [0, 8]}";
    var twice = file("{" + tensor + "," + tensor + "}", new byte[8]);
    try (var spool = spool(twice)) {
      assertThatThrownBy(() -> SafetensorsFile.parse(spool))
          .isInstanceOf(MalformedException.class)
          .hasMessageStartingWith("safetensors header: Duplicate field 'a'");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BF16 | [8] | tensor 'a' is of dtype BF16, not integers",
        "I64 | [3] | tensor 'a' of shape [3] and dtype I64 has 16 bytes",
        "I64 | [] | tensor 'a' of shape [] and dtype I64 has 16 bytes",
        "I64 | [4611686018427387904, 8] "
            + "| tensor 'a' of shape [4611686018427387904, 8] and dtype I64 has 16 bytes"
      })
  void shapesThatDoNotFitAreTold(String dtype, String shape, String message)
      throws IOException, MalformedException {
    var header =
        "{\"a\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [0, 16]}}"
            .formatted(dtype, shape);
    try (var spool = spool(file(header, DATA))) {
      var file = SafetensorsFile.parse(spool);
      assertThatThrownBy(() -> file.integers(file.tensors().get(0)))
          .isInstanceOf(MalformedException.class)
          .hasMessage(message);
    }
  }

  /** A header with its length, and data: all that the format is. */
  private static byte[] file(String header, byte[] data) {
    var bytes = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + bytes.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .put(data)
        .array();
  }

  private static byte[] header(long length) {
    return ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  private static Spool spool(byte[] content) throws IOException {
    return Spool.of(new ByteArrayInputStream(content));
  }

  private static void refused(byte[] content, String message) throws IOException {
    try (var spool = spool(content)) {
      assertThatThrownBy(() -> SafetensorsFile.parse(spool))
          .isInstanceOf(MalformedException.class)
          .hasMessage(message);
    }
  }
}
