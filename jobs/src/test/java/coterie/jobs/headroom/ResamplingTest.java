package coterie.jobs.headroom;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.model.SeededRandom;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ResamplingTest {

  @Test
  void spreads_as_the_standard_error_says() {
    var value = new double[400];
    var weight = new double[400];
    Arrays.fill(weight, 1);
    for (int i = 0; i < value.length; i++) {
      value[i] = i % 2;
    }
    var means = Resampling.means(value, weight, new SeededRandom(1));
    double mean = Arrays.stream(means).average().orElseThrow();
    double variance =
        Arrays.stream(means).map(m -> (m - mean) * (m - mean)).average().orElseThrow();
    assertThat(mean).isCloseTo(0.5, Offset.offset(0.01));
    assertThat(Math.sqrt(variance)).isCloseTo(0.5 / Math.sqrt(400), Offset.offset(0.006));
  }

  @Test
  void heavy_steps_spread_less() {
    var means =
        Resampling.means(new double[] {0, 1}, new double[] {10_000, 10_000}, new SeededRandom(1));
    assertThat(Arrays.stream(means).allMatch(m -> Math.abs(m - 0.5) < 0.02)).isTrue();
  }
}
