package coterie.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class TorchFileTest {

  @Test
  void entriesAreStoredAlignedAndInPytorchsOrder() throws IOException {
    var file = TorchFile.ofInt64Matrix("map", List.of(List.of(1, 2), List.of(3, 4)));
    var names = new ArrayList<String>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
        names.add(entry.getName());
      }
    }
    assertThat(names)
        .containsExactly(
            "archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/version");
    // The elements 1, 2, 3, 4 as they are, at a multiple of 64.
    var elements =
        "\u0001\0\0\0\0\0\0\0\u0002\0\0\0\0\0\0\0\u0003\0\0\0\0\0\0\0\u0004\0\0\0\0\0\0\0";
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf(elements);
    assertThat(at).isPositive();
    assertThat(at % 64).isZero();
  }

  /** As {@code pickletools} numbers them; 300 columns do not fit a byte, 70,000 not two. */
  @Test
  void integersTakeTheOpcodeOfTheirSize() {
    var pickle = new String(TorchPickle.ofInt64Matrix("m", 7, 10_000), StandardCharsets.ISO_8859_1);
    assertThat(pickle)
        .startsWith("\u0080\u0002}X\u0001\0\0\0m")
        .contains("ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storage")
        .contains("ctorch\nLongStorage\nX\u0001\0\0\0" + "0X\u0003\0\0\0cpuJp\u0011\u0001\0tQ")
        .contains("K\0K\u0007M\u0010'\u0086M\u0010'K\u0001\u0086\u0089")
        .endsWith("ccollections\nOrderedDict\n)RtRs.");
  }

  /**
   * Hand-written after a dump of PyTorch on a GPU: a dictionary with more in it, int32 elements, a
   * transposed view, a compressed entry. SGLang would load it, and so do we.
   */
  @Test
  void readsTensorsThatAreNotOurs() throws Exception {
    var pickle =
        "\u0080\u0002}q\0(X\u0004\0\0\0rankq\u0001K\0X\u0017\0\0\0physical_to_logical_mapq\u0002"
            + "ctorch._utils\n_rebuild_tensor_v2\nq\u0003((X\u0007\0\0\0storageq\u0004"
            + "ctorch\nIntStorage\nq\u0005X\u0001\0\0\0007q\u0006X\u0006\0\0\0cuda:0q\u0007K\u0012"
            + "tq\bQK\0K\u0003K\u0006\u0086q\tK\u0001K\u0003\u0086q\n\u0089"
            + "ccollections\nOrderedDict\nq\u000b)Rq\ftq\rRq\u000eu.";
    var data = ByteBuffer.allocate(4 * 18).order(ByteOrder.LITTLE_ENDIAN);
    int[][] rows = {{0, 1, 2, 3, 0, 1}, {0, 1, 2, 3, 0, 1}, {3, 0, 1, 3, 2, 0}};
    for (int slot = 0; slot < 6; slot++) {
      for (int[] row : rows) {
        data.putInt(row[slot]);
      }
    }
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("x/data.pkl"));
      zip.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
      zip.putNextEntry(new ZipEntry("x/data/7"));
      zip.write(data.array());
    }
    var read = PlanFormat.SGLANG_PT.read(bytes.toByteArray(), SmallPlan.MODEL, OptionalInt.of(2));
    assertThat(read.layers())
        .containsEntry(1, List.of(List.of(0, 1, 2), List.of(3, 0, 1)))
        .containsEntry(2, List.of(List.of(3, 0, 1), List.of(3, 2, 0)));
  }

  @Test
  void refusesAnArchiveWithoutTheMap() {
    var file = TorchFile.ofInt64Matrix("logical_count", Collections.nCopies(3, List.of(1, 2)));
    assertThatThrownBy(() -> PlanFormat.SGLANG_PT.read(file, SmallPlan.MODEL, OptionalInt.of(2)))
        .hasMessage("holds no matrix physical_to_logical_map");
  }
}
