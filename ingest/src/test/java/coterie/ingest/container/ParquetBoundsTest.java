package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.parquet.column.Encoding;
import org.junit.jupiter.api.Test;

/**
 * Headers by hand. A run's header is a number in groups of seven bits, the lowest first: twice the
 * repetitions of one value, or twice the groups of eight packed values and one.
 */
class ParquetBoundsTest {

  /** 8 repetitions of 1 in a byte, and one packed group of eight bits. */
  @Test
  void runsAreReadThrough() {
    assertThatCode(() -> ParquetBounds.levels(bytes(16, 1, 3, 0b10101010), 1, 16))
        .doesNotThrowAnyException();
    // The same behind the width of the indices, and no index at all.
    var dictionary = Encoding.RLE_DICTIONARY;
    assertThatCode(() -> ParquetBounds.values(bytes(1, 16, 1, 3, 0b10101010), dictionary, 16))
        .doesNotThrowAnyException();
    assertThatCode(() -> ParquetBounds.values(bytes(), dictionary, 0)).doesNotThrowAnyException();
  }

  /** 0xFF 0xFF 0xFF 0xFF 0x0F is 2^32 - 1: 2^31 - 1 groups. */
  @Test
  void aRunOfMoreThanThePageIsRefused() {
    assertThatThrownBy(() -> ParquetBounds.levels(bytes(0xFF, 0xFF, 0xFF, 0xFF, 0x0F), 1, 16))
        .isInstanceOf(MalformedException.class)
        .hasMessage("a run of 2147483647 groups of eight, the bound is 66");
  }

  /** Blocks of 128 in 4 parts, and 16 values; then 2^31 - 1 values, and blocks of 2^28. */
  @Test
  void deltasOfMoreThanThePageAreRefused() {
    var delta = Encoding.DELTA_BINARY_PACKED;
    assertThatCode(() -> ParquetBounds.values(bytes(0x80, 0x01, 4, 16), delta, 16))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                ParquetBounds.values(bytes(0x80, 0x01, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0x07), delta, 16))
        .hasMessage("deltas of 2147483647 values, the bound is 16");
    assertThatThrownBy(
            () -> ParquetBounds.values(bytes(0x80, 0x80, 0x80, 0x80, 0x01, 4, 16), delta, 16))
        .hasMessage("a block of deltas of 268435456 values, the bound is 65536");
  }

  @Test
  void otherCountsAndEncodingsAreRefused() {
    assertThatThrownBy(() -> ParquetBounds.pageBytes(-1))
        .hasMessage("a page of -1 bytes, the bound is 67108864");
    assertThatThrownBy(() -> ParquetBounds.pageValues(Integer.MAX_VALUE))
        .hasMessage("a page of 2147483647 values, the bound is 16777216");
    assertThatThrownBy(() -> ParquetBounds.dictionary(9, 8))
        .hasMessage("a dictionary of 9 values, the bound is 8");
    assertThatThrownBy(() -> ParquetBounds.values(bytes(), Encoding.DELTA_BYTE_ARRAY, 1))
        .hasMessage("values in encoding DELTA_BYTE_ARRAY");
  }

  private static ByteBuffer bytes(int... values) {
    var bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }
}
