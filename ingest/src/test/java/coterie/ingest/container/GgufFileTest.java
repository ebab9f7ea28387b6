package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {

  private static final byte[] SMALL = bytes(GgufBytes.SMALL);

  /** Where {@link GgufBytes#SMALL} has its numbers. */
  private static final int VERSION_AT = 4;

  private static final int TENSORS_AT = 8;
  private static final int ENTRIES_AT = 16;
  private static final int FIRST_KEY_LENGTH_AT = 24;
  private static final int HEADER_END = 384;

  /** The type of the value follows the key general.type, 12 characters. */
  private static final int FIRST_TYPE_AT = FIRST_KEY_LENGTH_AT + 8 + 12;

  /** Behind the key of 16 characters and two types. */
  private static final int ARRAY_COUNT_AT = find("imatrix.datasets") + 16 + 8;

  private static final int STRING_LENGTH_AT = ARRAY_COUNT_AT + Long.BYTES;

  /** Behind the name of the first tensor and its number of dimensions. */
  private static final int EXTENTS_AT = find("weight.counts") + 13 + 4;

  @Test
  void readsMetadataAndTensors() throws IOException, MalformedException {
    var file = open(bytes(GgufBytes.FULL));
    assertThat(file.text("general.type")).contains("imatrix");
    assertThat(file.text("imatrix.datasets")).as("an array is passed over").isEmpty();
    assertThat(file.tensors()).hasSize(14);
    assertThat(file.tensors().get(3))
        .isEqualTo(
            new GgufFile.Tensor("blk.1.ffn_down_exps.weight.counts", 0, List.of(1L, 4L), 96));
  }

  @ParameterizedTest
  @ValueSource(strings = {GgufBytes.FULL, GgufBytes.MERGED, GgufBytes.ALIGNED, GgufBytes.SMALL})
  void readsTensorsInTheirOrder(String encoded) throws IOException, MalformedException {
    var file = open(bytes(encoded));
    float[] last = {};
    for (var tensor : file.tensors()) {
      last = file.floats(tensor);
    }
    assertThat(last).containsExactly(10, 0, 7, 3);
  }

  @Test
  void readsBackwardsNever() throws IOException, MalformedException {
    var file = open(SMALL);
    var tensors = file.tensors();
    file.floats(tensors.get(1));
    assertThatThrownBy(() -> file.floats(tensors.get(0)))
        .isInstanceOf(MalformedException.class)
        .hasMessage(
            "tensor 'blk.1.ffn_gate_exps.weight.counts' begins at 0,"
                + " the one before it ends at 48");
  }

  @Test
  void everyTruncationIsTold() {
    for (int length = 0; length < HEADER_END; length++) {
      var cut = Arrays.copyOf(SMALL, length);
      assertThatThrownBy(() -> open(cut)).isInstanceOf(EOFException.class);
    }
    for (int length = HEADER_END; length < HEADER_END + 48; length++) {
      var cut = Arrays.copyOf(SMALL, length);
      assertThatThrownBy(
              () -> {
                var file = open(cut);
                for (var tensor : file.tensors()) {
                  file.floats(tensor);
                }
              })
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void refusesWhatItCannotRead() {
    refused(withInt(0, 0x46554748), "no GGUF file");
    refused(withInt(VERSION_AT, 1), "GGUF version 1");
    refused(withInt(VERSION_AT, 4), "GGUF version 4");
    refused(withInt(VERSION_AT, 0x03000000), "GGUF in big endian");
    refused(withInt(FIRST_TYPE_AT, 13), "metadata 'general.type' is of type 13");
  }

  /** None of these may take the memory that it speaks of. */
  @Test
  void numbersThatLieAreRefusedBeforeTheyCost() {
    refused(
        withLong(TENSORS_AT, 1L << 40), "GGUF of 1099511627776 tensors, at most 262144 are read");
    refused(
        withLong(TENSORS_AT, -1), "GGUF of 18446744073709551615 tensors, at most 262144 are read");
    refused(
        withLong(ENTRIES_AT, 1L << 20),
        "GGUF of 1048576 entries of metadata, at most 65536 are read");
    refused(
        withLong(FIRST_KEY_LENGTH_AT, Long.MAX_VALUE),
        "GGUF with a string of 9223372036854775807 bytes, at most 1048576 are read");
    refused(withLong(STRING_LENGTH_AT, Long.MAX_VALUE), "GGUF header of more than 67108864 bytes");
    refused(
        withInt(EXTENTS_AT - 4, 5), "tensor 'blk.1.ffn_gate_exps.weight.counts' has 5 dimensions");
    refused(
        withLong(EXTENTS_AT, -4),
        "tensor 'blk.1.ffn_gate_exps.weight.counts' of [-4, 4] elements at offset 0");
  }

  /** The array of strings says that it holds 2^60 of them, or as many single bytes. */
  @Test
  void longArraysEndWithTheHeader() {
    assertThatThrownBy(() -> open(withLong(ARRAY_COUNT_AT, 1L << 60)))
        .isInstanceOf(MalformedException.class);
    var bytes = withLong(ARRAY_COUNT_AT, 1L << 60);
    bytes[ARRAY_COUNT_AT - Integer.BYTES] = 0;
    refused(bytes, "GGUF header of more than 67108864 bytes");
    // An array of arrays of arrays ... of the zeros that follow.
    var nested = withLong(ARRAY_COUNT_AT, 1);
    nested[ARRAY_COUNT_AT - Integer.BYTES] = 9;
    for (int at = ARRAY_COUNT_AT + Long.BYTES; at < ARRAY_COUNT_AT + 100; at += 12) {
      ByteBuffer.wrap(nested).order(ByteOrder.LITTLE_ENDIAN).putInt(at, 9).putLong(at + 4, 1);
    }
    refused(nested, "metadata 'imatrix.datasets' is too deep an array");
  }

  @Test
  void alignmentsThatCannotBeAreRefused() {
    var aligned = bytes(GgufBytes.ALIGNED);
    int at = new String(aligned, StandardCharsets.ISO_8859_1).indexOf("general.alignment") + 17;
    aligned[at + 4] = 48;
    refused(aligned, "general.alignment 48");
    aligned[at] = 5;
    refused(aligned, "general.alignment is of type 5");
  }

  @Test
  void namesComeOnce() {
    refused(bytes(GgufBytes.KEY_TWICE), "metadata 'general.type' comes twice");
    var text = new String(SMALL, StandardCharsets.ISO_8859_1).replace("blk.3.", "blk.1.");
    refused(
        text.getBytes(StandardCharsets.ISO_8859_1),
        "tensor 'blk.1.ffn_gate_exps.weight.counts' comes twice");
  }

  @Test
  void tensorsTooLargeForAnArrayAreRefused() throws IOException, MalformedException {
    var file = open(withLong(EXTENTS_AT, 1L << 61));
    assertThatThrownBy(() -> file.floats(file.tensors().get(0)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("is too large");
  }

  private static byte[] withInt(int at, int value) {
    var bytes = SMALL.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return bytes;
  }

  private static byte[] withLong(int at, long value) {
    var bytes = SMALL.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
    return bytes;
  }

  private static int find(String text) {
    return new String(SMALL, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static void refused(byte[] content, String message) {
    assertThatThrownBy(() -> open(content))
        .isInstanceOf(MalformedException.class)
        .hasMessage(message);
  }

  private static byte[] bytes(String encoded) {
    return Base64.getDecoder().decode(encoded);
  }

  private static GgufFile open(byte[] content) throws IOException, MalformedException {
    return GgufFile.open(new ByteArrayInputStream(content));
  }
}
