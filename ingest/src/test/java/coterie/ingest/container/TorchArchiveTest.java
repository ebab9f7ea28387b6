package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.ingest.read.TorchBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TorchArchiveTest {

  private static final String SIZES = "K\u0002K\u0003K\u0004\u0087";
  private static final String STRIDES = "K\fK\u0004K\u0001\u0087";

  @Test
  void readsWhatPyTorchWrote() throws Exception {
    try (var archive = open(TorchBytes.decode(TorchBytes.STAT))) {
      var tensor = counts(archive);
      assertThat(tensor.shapeText()).isEqualTo("[2, 3, 4]");
      assertThat(tensor.type()).isEqualTo(ElementType.I4);
      var integers = archive.integers(tensor);
      assertThat(new long[] {integers.at(0, 1, 0), integers.at(0, 2, 3), integers.at(1, 2, 3)})
          .containsExactly(4, 4, 0);
      var layers = archive.integers(tensor.at(0));
      assertThat(new long[] {layers.at(1, 2), layers.at(1, 3), layers.at(2, 0)})
          .containsExactly(4, 3, 2);
    }
  }

  /** Compressed, in protocol 4, with strides [2, 1, 6] from element 5 on. */
  @Test
  void readsViewsOfLargerStorages() throws Exception {
    try (var archive = open(TorchBytes.decode(TorchBytes.STAT_VIEW))) {
      var tensor = counts(archive);
      for (int pass : new int[] {0, 2}) {
        var integers = archive.integers(tensor.at(pass));
        for (int layer = 0; layer < 2; layer++) {
          for (int expert = 0; expert < 4; expert++) {
            assertThat(integers.at(layer, expert)).isEqualTo(100L * pass + 10L * layer + expert);
          }
        }
      }
    }
  }

  @Test
  void readsObjectsWithoutTensors() throws Exception {
    try (var archive = open(TorchBytes.decode(TorchBytes.LIST))) {
      assertThat(archive.root()).isEqualTo(List.of(1L, 2.5, true, "x", -3L, 1L << 40, List.of(1L)));
    }
  }

  @Test
  void refusesBigEndian() {
    assertThatThrownBy(() -> open(TorchBytes.decode(TorchBytes.BIG_ENDIAN)))
        .isInstanceOf(MalformedException.class)
        .hasMessage("the tensors are in byte order 'big', only little is read");
  }

  @Test
  void refusesTensorsThatReachOutOfTheirStorage() {
    refused(
        SIZES,
        "K\u0003K\u0003K\u0004\u0087",
        "a tensor of shape [3, 3, 4], strides [12, 4, 1] and offset 0 in storage 0 of 24 elements");
    refused(STRIDES, "K\rK\u0004K\u0001\u0087", "shape [2, 3, 4], strides [13, 4, 1]");
    refused("QK\0", "QK\u0001", "strides [12, 4, 1] and offset 1 in storage 0 of 24 elements");
    refused("QK\0", "QK\u00FF", "offset 255 in storage 0 of 24 elements");
    // Twelve numbers of a storage, seen twice: PyTorch's expand.
    refused(
        SIZES + "q\t" + STRIDES,
        "K\u00FFK\u0003K\u0004\u0087q\tK\0K\u0004K\u0001\u0087",
        "shape [255, 3, 4], strides [0, 4, 1]");
  }

  @Test
  void refusesNegativeAndOddExtents() {
    refused(SIZES, "\u008A\u0001\u00FFK\u0003N\u0087", "a tensor has a size or stride of -1");
    refused(STRIDES, "\u008A\u0001\u00FFK\u0003N\u0087", "a tensor has a size or stride of -1");
    refused(SIZES, "M\u0002\0K\u0003N\u0087", "a tensor has a size or stride that is no integer");
    refused(SIZES, "M\u0002\0M\u0003\0\u0086", "a tensor of 2 sizes and 3 strides");
    refused(
        SIZES + "q\t" + STRIDES,
        "J\u00FF\u00FF\u00FF\u007FM\u0003\0\u0086q\tK\u0003K\u0001\u0086",
        "a tensor of shape [2147483647, 3], strides [3, 1] and offset 0 in storage 0");
    refused(
        "K\0" + SIZES + "q\t" + STRIDES,
        "\u008A\u0004\u00FF\u00FF\u00FF\u00FFK\u0002K\f\u0086q\tK\fK\u0001\u0086",
        "a tensor of shape [2, 12], strides [12, 1] and offset -1 in storage 0");
  }

  @Test
  void refusesStoragesOfAnotherLength() {
    refused("K\u0018t", "K\u0019t", "storage 0 has 96 bytes, not 25 x 4");
    refused("torch\nIntStorage", "torch\nIntStorag3", "the pickle asks for torch.IntStorag3");
    refused("X\u0001\0\0\u00000q\u0006", "X\u0001\0\0\u00007q\u0006", "no entry data/7");
  }

  @Test
  void refusesEveryTruncation() {
    var whole = TorchBytes.decode(TorchBytes.STAT);
    for (int length = 0; length < whole.length; length++) {
      var cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
    }
  }

  /** Reads all of a patched archive, in which one stretch of characters is another one. */
  private static void refused(String from, String to, String message) {
    var text = new String(TorchBytes.decode(TorchBytes.STAT), StandardCharsets.ISO_8859_1);
    assertThat(text).containsOnlyOnce(from);
    assertThat(to).hasSameSizeAs(from);
    var patched = text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read(patched))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(message);
  }

  private static void read(byte[] content) throws IOException, MalformedException {
    try (var archive = open(content)) {
      archive.integers(counts(archive));
    }
  }

  private static TorchArchive open(byte[] content) throws IOException, MalformedException {
    return TorchArchive.open(new ByteArrayInputStream(content));
  }

  private static Tensor counts(TorchArchive archive) {
    return (Tensor) ((Map<?, ?>) archive.root()).get("logical_count");
  }
}
