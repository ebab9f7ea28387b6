package coterie.planner.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeededRandomTest {

  /**
   * The first numbers of SplitMix64 from seed 1234567, as published with the reference code of
   * Vigna (prng.di.unimi.it, splitmix64.c) and used by many ports as their test vector.
   */
  @Test
  void isSplitMix64() {
    var random = new SeededRandom(1234567);
    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("6457827717110365317");
    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("3203168211198807973");
    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9817491932198370423");
  }

  @Test
  void keysSeparateStreams() {
    assertThat(SeededRandom.of(1, 2, 3).nextLong())
        .isNotEqualTo(SeededRandom.of(1, 3, 2).nextLong())
        .isNotEqualTo(SeededRandom.of(2, 2, 3).nextLong())
        .isEqualTo(SeededRandom.of(1, 2, 3).nextLong());
  }

  @Test
  void boundedNumbersCoverTheirRange() {
    var random = new SeededRandom(5);
    var seen = new int[3];
    for (int i = 0; i < 3000; i++) {
      seen[random.nextInt(3)]++;
    }
    for (int count : seen) {
      assertThat(count).isBetween(900, 1100);
    }
  }
}
