package coterie.ingest.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Float16Test {

  @Test
  void everyHalfSurvivesTheRoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short half = (short) bits;
      float value = valueOf(bits);
      assertThat(Float16.finite(half)).isEqualTo(Float.isFinite(value));
      if (!Float.isNaN(value)) {
        assertThat(Float16.fromFloat(value)).isEqualTo(half);
      }
    }
    assertThat(Float16.finite(Float16.fromFloat(Float.NaN))).isFalse();
  }

  /**
   * Halfway between 1 and the next half (1 + 2^-10) goes to the even one, anything above goes up.
   */
  @Test
  void tiesGoToEven() {
    assertThat(Float16.fromFloat(1 + 0x1p-11f)).isEqualTo((short) 0x3C00);
    assertThat(Float16.fromFloat(1 + 0x1.8p-11f)).isEqualTo((short) 0x3C01);
    assertThat(Float16.fromFloat(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3C02);
    assertThat(Float16.fromFloat(65_519f)).isEqualTo((short) 0x7BFF);
    assertThat(Float16.fromFloat(65_520f)).isEqualTo((short) 0x7C00);
  }

  @Test
  void allHalvesAreFloats() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertThat(Float.valueOf(Float16.toFloat((short) bits)))
          .isEqualTo(Float.valueOf(valueOf(bits)));
    }
  }

  /** The definition: sign, five bits of exponent with bias 15, ten bits of fraction. */
  private static float valueOf(int bits) {
    int exponent = bits >>> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude;
    if (exponent == 0) {
      magnitude = Math.scalb((float) fraction, -24);
    } else if (exponent < 31) {
      magnitude = Math.scalb(1024f + fraction, exponent - 25);
    } else {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    }
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }
}
