package coterie.analytics.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LoadComparisonTest {

  private static final long[] EVEN = {10, 10};
  private static final long[] ONE_SIDED = {30, 0};

  /**
   * Means (3/4, 1/4): KL of the even one 1/2 log2(2/3) + 1/2 log2(2) = 0.20752, of the other
   * log2(4/3) = 0.41504; half their sum 0.31128, its root 0.55792.
   */
  @Test
  void distanceIsTheRootOfTheDivergence() {
    assertThat(LoadComparison.distance(EVEN, ONE_SIDED)).isCloseTo(0.55792, within(1e-5));
    assertThat(LoadComparison.distance(ONE_SIDED, EVEN))
        .isEqualTo(LoadComparison.distance(EVEN, ONE_SIDED));
  }

  @Test
  void distanceOfEqualSharesIsZeroAndOfStrangersOne() {
    assertThat(LoadComparison.distance(new long[] {1, 2}, new long[] {100, 200})).isZero();
    assertThat(LoadComparison.distance(new long[] {5, 0}, new long[] {0, 7})).isEqualTo(1);
  }

  /** Two of three are common: 3 and 0; the third is 1 on one side, by its lower id, and 4. */
  @Test
  void overlapBreaksTiesByTheLowerId() {
    long[] one = {5, 2, 2, 9, 1};
    long[] other = {7, 0, 1, 8, 6};
    assertThat(LoadComparison.overlap(one, other, 3)).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(LoadComparison.overlap(new long[] {1, 1, 1}, new long[] {1, 0, 1}, 2))
        .as("0 and 1 against 0 and 2")
        .isEqualTo(0.5);
  }

  @Test
  void cosineAndSharedPart() {
    assertThat(LoadComparison.cosine(EVEN, ONE_SIDED)).isCloseTo(Math.sqrt(0.5), within(1e-12));
    assertThat(LoadComparison.shared(EVEN, ONE_SIDED)).isEqualTo(0.5);
    assertThat(LoadComparison.shared(EVEN, EVEN)).isEqualTo(1);
  }
}
