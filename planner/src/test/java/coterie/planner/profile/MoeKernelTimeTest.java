package coterie.planner.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MoeKernelTimeTest {

  /** 10 bytes a second, 100 operations a second in bf16, 4 multiprocessors. */
  private static final GpuSheet TOY = new GpuSheet("toy", 1e3, 10, 100, 200, 4, 1, 8, 1);

  /** Up 3 x 4 and down 2 x 3: 18 weights of 1 byte. */
  private static final ExpertShape EXPERT = new ExpertShape(3, 2, 1);

  private static MoeKernelTime kernel(Roofline roofline, int tileColumns, double passes) {
    var kernel =
        new MoeKernel("toy", 5, 0.5, Precision.HALF, 0.25, roofline, 4, tileColumns, 1, passes, 2);
    return new MoeKernelTime(kernel, TOY, EXPERT);
  }

  /**
   * Two copies: 36 bytes at 5 a second are 7.2 s. Eight padded rows: 8 * 36 operations at 25 a
   * second are 11.52 s. Launch 5 s, nothing scanned.
   */
  @Test
  void readingAndComputingOverlapAsTheRooflineSays() {
    assertThat(kernel(Roofline.SUM, 0, 0).seconds(2, 5, 8, 0)).isCloseTo(23.72, within(1e-12));
    assertThat(kernel(Roofline.MAX, 0, 0).seconds(2, 5, 8, 0)).isCloseTo(16.52, within(1e-12));
    // Up: 4.8 and 7.68 s, down: half of each; both rounded.
    double rounded = 1.5 * Math.sqrt(4.8 * 4.8 + 7.68 * 7.68);
    assertThat(kernel(Roofline.ROUNDED, 0, 0).seconds(2, 5, 8, 0))
        .isCloseTo(5 + rounded, within(1e-12));
    assertThat(kernel(Roofline.SUM, 0, 0).weightsSeconds(2, 8)).isCloseTo(12.2, within(1e-12));
  }

  /**
   * One row of tiles of 4 columns: the up product has one block for 4 multiprocessors and reads at
   * a quarter of the bandwidth, 9.6 s; the down product 3/4 of a block, 2.4 / (3/16) = 6.4 s.
   */
  @Test
  void fewBlocksDoNotReachTheBandwidth() {
    double seconds = kernel(Roofline.MAX, 4, 0).weightsSeconds(1, 4);
    assertThat(seconds).isCloseTo(5 + 2.4 / 0.25 + 1.2 / (3.0 / 16), within(1e-12));
  }

  /** A row moves 5 * 3 + 10 * 2 = 35 bytes at 10 a second; a scanned token takes 2 s. */
  @Test
  void activationsAndTheScanCountByThemselves() {
    double without = kernel(Roofline.MAX, 0, 0).seconds(1, 3, 4, 0);
    assertThat(kernel(Roofline.MAX, 0, 1).seconds(new MoeWork(1, 3, 4, 6)) - without)
        .isCloseTo(3 * 3.5 + 6 * 2, within(1e-12));
  }

  @Test
  void rowsArePaddedToWholeTiles() {
    assertThat(MoeWork.padded(0, 64)).isZero();
    assertThat(MoeWork.padded(1, 64)).isEqualTo(64);
    assertThat(MoeWork.padded(64, 64)).isEqualTo(64);
    assertThat(MoeWork.padded(65, 64)).isEqualTo(128);
    assertThat(MoeWork.padded(65, 1)).isEqualTo(65);
  }

  @Test
  void nothingToDoTakesTheLaunch() {
    assertThat(kernel(Roofline.SUM, 4, 1).seconds(0, 0, 0, 0)).isEqualTo(5);
  }

  /** The published decode measurements: EP256 with one expert, EP32 with all eight active. */
  @Test
  void theDecodePresetIsNearItsSource() {
    var deepSeek = new ExpertShape(7168, 2048, 1);
    var time = new MoeKernelTime(MoeKernel.DEEPEP_DECODE, GpuSheet.H100, deepSeek);
    assertThat(time.seconds(1, 8, 64, 0) * 1e6).isCloseTo(35.6, within(1.8));
    assertThat(time.seconds(8, 8 * 16, 8 * 64, 0) * 1e6).isCloseTo(152.3, within(5.0));
    assertThat(time.seconds(1, 1024, 1024, 0) * 1e6).isCloseTo(92.5, within(6.0));
  }

  @Test
  void impossibleConstantsAreNamed() {
    assertThatThrownBy(
            () -> new MoeKernel("bad", 1, 0, Precision.HALF, 1, Roofline.MAX, 1, 0, 1, 0, 0))
        .hasMessageContaining("bad");
    assertThatThrownBy(() -> new GpuSheet("bad", 1, 1, 1, 1, 1, 1, 8, 0))
        .hasMessageContaining("bad");
  }
}
