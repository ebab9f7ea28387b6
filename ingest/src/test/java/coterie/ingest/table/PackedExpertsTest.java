package coterie.ingest.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PackedExpertsTest {

  /** Two layers, one token, top-2: 7 255 in the first, 0 128 in the second. */
  @Test
  void oneByteIdsAreUnsigned() {
    var block = new PackedExperts(new byte[] {7, -1, 0, -128}, 2, 1, 2);
    assertThat(block.id(0, 0, 1)).isEqualTo(255);
    assertThat(block.id(1, 0, 1)).isEqualTo(128);
    var ids = new int[2];
    assertThat(block.read(0, 0, ids)).isEqualTo(2);
    assertThat(ids).containsExactly(7, 255);
  }

  /** Little endian; 0xFFFF stands for no expert. */
  @Test
  void twoByteIdsMayBeAbsent() {
    var block = new PackedExperts(new byte[] {1, 2, -1, -1, 5, 0}, 1, 1, 3);
    var ids = new int[3];
    assertThat(block.read(0, 0, ids)).isEqualTo(2);
    assertThat(ids).startsWith(0x201, 5);
  }

  @Test
  void whatIsSetIsRead() {
    for (int experts : new int[] {256, 257}) {
      var block = PackedExperts.allocate(experts, 2, 3, 2);
      block.set(1, 2, 1, experts - 1);
      block.set(0, 1, 0, 17);
      var copy = new PackedExperts(block.data(), 2, 3, 2);
      assertThat(copy.id(1, 2, 1)).isEqualTo(experts - 1);
      assertThat(copy.id(0, 1, 0)).isEqualTo(17);
    }
  }

  @Test
  void refusesALengthThatFitsNoWidth() {
    assertThatThrownBy(() -> new PackedExperts(new byte[13], 2, 3, 2))
        .hasMessage("block of 13 bytes cannot hold 2 layers x 3 tokens x 2 experts");
    assertThatThrownBy(() -> new PackedExperts(new byte[0], 2, 0, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
