package coterie.planner.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferTest {

  /** NVLink 100 and network 10 bytes a second. */
  private static final GpuSheet TOY = new GpuSheet("toy", 1, 1, 1, 1, 1, 100, 8, 10);

  @Test
  void theSlowerLinkDecides() {
    var transfer = new LowLatencyTransfer(1, 2, 3, 0.5, 1e9, 1);
    // 1 + 4 experts * 2 + 5 elements * 3 = 24; NVLink 200 / 50 = 4 s, network 17 / 8.5 = 2 s.
    assertThat(transfer.seconds(TOY, 5, 4, 1, 200, 17)).isCloseTo(28, within(1e-12));
    assertThat(transfer.seconds(TOY, 5, 4, 1, 200, 85)).isCloseTo(34, within(1e-12));
  }

  /** With two experts there are two lanes of 10 bytes a second, below half of the link. */
  @Test
  void fewExpertsHaveFewLanes() {
    var transfer = new LowLatencyTransfer(0, 0, 0, 0.5, 10, 1);
    assertThat(transfer.seconds(TOY, 5, 2, 1, 200, 0)).isCloseTo(10, within(1e-12));
  }

  /** 20 multiprocessors move 2 bytes a second each, below the link: 200 / 40 s, and 3 * 4 / 20. */
  @Test
  void normalModeIsAsFastAsItsMultiprocessors() {
    var transfer = new NormalTransfer(1, 0, 4, 1, 2, 20, 1);
    assertThat(transfer.seconds(TOY, 5, 2, 3, 200, 0)).isCloseTo(1 + 0.6 + 5, within(1e-12));
    assertThat(transfer.with(100).seconds(TOY, 5, 2, 3, 200, 0))
        .isCloseTo(1 + 0.12 + 2, within(1e-12));
  }

  /**
   * DeepEP's own table, H800 with 400 Gbit/s: 128 tokens a rank, 7,168 wide, top-8 of 256. Of the 8
   * copies of a token 8 / EP stay in each node's 8 GPUs. The network's share was chosen by these
   * ten numbers, so this holds the shape, not the level.
   */
  @ParameterizedTest
  @CsvSource({"16,118,195", "32,155,273", "64,173,314", "128,192,369", "256,194,360"})
  void manyNodesComeOutAsPublished(int ranks, double dispatchUs, double combineUs) {
    double copies = 128 * 8;
    double far = 1 - 8.0 / ranks;
    double dispatch = copies * 7168 * LowLatencyTransfer.DISPATCH_BYTES;
    double combine = copies * 7168 * LowLatencyTransfer.COMBINE_BYTES;
    assertThat(
            1e6
                * LowLatencyTransfer.DISPATCH.seconds(
                    GpuSheet.H800, 7168, 256, 128, dispatch * (1 - far), dispatch * far))
        .isCloseTo(dispatchUs, within(0.15 * dispatchUs));
    assertThat(
            1e6
                * LowLatencyTransfer.COMBINE.seconds(
                    GpuSheet.H800, 7168, 256, 128, combine * (1 - far), combine * far))
        .isCloseTo(combineUs, within(0.15 * combineUs));
  }

  /** Ring over 4: each GPU sends 2 * 3 / 4 of the bytes, 150 at 50 a second. */
  @Test
  void allReduceSendsTwiceAllButItsOwn() {
    var allReduce = new AllReduce(1, 0.5);
    assertThat(allReduce.seconds(TOY, 4, 100)).isCloseTo(4, within(1e-12));
    assertThat(allReduce.seconds(TOY, 1, 100)).isZero();
    // 16 GPUs are two domains: the network's 8.5 bytes a second.
    assertThat(allReduce.seconds(TOY, 16, 100)).isCloseTo(1 + 187.5 / 8.5, within(1e-12));
  }

  /** Two tokens of 5 and 7 cached positions. */
  @Test
  void attentionReadsEveryCachedPosition() {
    var attention = new AttentionCost(true, 1, 3, 2, 0.5, 0.25);
    assertThat(attention.seconds(2, 12, 7)).isCloseTo(1 + 5 + 6 + 1.75, within(1e-12));
    assertThat(attention.sharded(2).seconds(2, 12, 7)).isCloseTo(1 + 2.5 + 3 + 1.75, within(1e-12));
    assertThat(attention.sharded(2).measured()).isFalse();
    assertThat(AttentionCost.mla(GpuSheet.H100)).isEqualTo(AttentionCost.MLA_H100);
    assertThat(AttentionCost.mla(GpuSheet.B200).measured()).isFalse();
  }
}
