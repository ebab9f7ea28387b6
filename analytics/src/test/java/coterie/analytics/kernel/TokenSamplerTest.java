package coterie.analytics.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenSamplerTest {

  private final TokenSampler sampler = new TokenSampler(1);

  @Test
  void everyTokenIsIncludedWhereAllFit() {
    assertThat(sampler.includes(sampler.requestKey("r"), 0, 1)).isTrue();
  }

  /** 200,000 tokens at one in five: the standard error of the share is below 0.001. */
  @Test
  void aShareIsIncludedOverRequestsAndPositions() {
    int included = 0;
    for (int request = 0; request < 400; request++) {
      long key = sampler.requestKey("data/category/" + request);
      for (int position = 0; position < 500; position++) {
        included += sampler.includes(key, position, 0.2) ? 1 : 0;
      }
    }
    assertThat(included / 200_000.0).isCloseTo(0.2, within(0.004));
  }

  @Test
  void aSmallerShareIsASubset() {
    long key = sampler.requestKey("r");
    for (int position = 0; position < 10_000; position++) {
      if (sampler.includes(key, position, 0.1)) {
        assertThat(sampler.includes(key, position, 0.3)).isTrue();
      }
    }
  }

  @Test
  void anotherSeedDrawsOtherTokens() {
    var other = new TokenSampler(2);
    int both = 0;
    for (int position = 0; position < 10_000; position++) {
      boolean inOne = sampler.includes(sampler.requestKey("r"), position, 0.5);
      both += inOne && other.includes(other.requestKey("r"), position, 0.5) ? 1 : 0;
    }
    assertThat(both).isBetween(2_300, 2_700);
  }
}
