package coterie.analytics.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BootstrapTest {

  /** Poisson(1): mean 1 and variance 1; over 100,000 draws the standard error is 0.003. */
  @Test
  void aRequestCountsOnceOnAverage() {
    var bootstrap = new Bootstrap(3, 100);
    double sum = 0;
    double squares = 0;
    for (int request = 0; request < 1_000; request++) {
      for (int weight : bootstrap.weights("request " + request)) {
        sum += weight;
        squares += (double) weight * weight;
      }
    }
    assertThat(sum / 100_000).isCloseTo(1, within(0.015));
    assertThat(squares / 100_000 - Math.pow(sum / 100_000, 2)).isCloseTo(1, within(0.03));
  }

  @Test
  void weightsDependOnSeedAndRequestOnly() {
    assertThat(new Bootstrap(3, 50).weights("a"))
        .isEqualTo(new Bootstrap(3, 50).weights("a"))
        .isNotEqualTo(new Bootstrap(4, 50).weights("a"))
        .isNotEqualTo(new Bootstrap(3, 50).weights("b"));
  }

  /** Of 0.2 .. 0.3 the ends are 0.2025 and 0.2975; reflected at 0.2 they are 0.1025 and 0.1975. */
  @Test
  void intervalsReflectTheReplicatesAtTheValue() {
    var values = new double[101];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.3 - i * 0.001;
    }
    assertThat(Bootstrap.interval(0.2, values))
        .containsExactly(new double[] {0.1025, 0.1975}, within(1e-9));
    assertThat(Bootstrap.interval(0.05, values)).containsExactly(0, 0);
  }
}
