package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Footers spelled out in Thrift's compact protocol: field 1 is an i32, field 2 a list. */
class ParquetThriftTest {

  private static final int[] VERSION = {0x15, 2};

  /** 2^31 - 1 structures, in five bytes. */
  @Test
  void aHugeListIsRefusedBeforeItCosts() {
    refused("", VERSION, new int[] {0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 7});
  }

  /** Field 6 is text. */
  @Test
  void aHugeTextIsRefusedBeforeItCosts() {
    refused("", VERSION, new int[] {0x58, 0xFF, 0xFF, 0xFF, 0x2F});
  }

  /** A field that no footer has, in it the same, and so on: one byte each. */
  @Test
  void structuresInStructuresAreRefused() {
    var deep = new int[100_000];
    Arrays.fill(deep, 0x1C);
    refused("nested more than 64 deep", new int[] {0xCC}, deep);
    Arrays.fill(deep, 0x19);
    refused("nested more than 64 deep", new int[] {0xC9}, deep);
  }

  @Test
  void whatIsCutIsRefused() {
    refused("", VERSION);
    refused("");
  }

  private static void refused(String message, int[]... parts) {
    var bytes = ByteBuffer.allocate(200_000);
    for (var part : parts) {
      for (int value : part) {
        bytes.put((byte) value);
      }
    }
    var content = Arrays.copyOf(bytes.array(), bytes.position());
    assertThatThrownBy(() -> ParquetThrift.checkFooter(content))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith("no Parquet footer: ")
        .hasMessageContaining(message);
    assertThatThrownBy(() -> ParquetThrift.pageHeader(new ByteArrayInputStream(content)))
        .isInstanceOf(MalformedException.class);
  }
}
