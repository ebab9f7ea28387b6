package coterie.planner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenBatchesTest {

  /** Three sets of five experts: {0,1} called by 6 tokens, {1,2} by 3, {3,4} by 1. */
  private static final TokenSets SETS =
      TokenSets.builder(5)
          .add(new int[] {0, 1}, 6)
          .add(new int[] {1, 2}, 3)
          .add(new int[] {3, 4}, 1)
          .build();

  @Test
  void batchOneIsEveryTokenExactly() {
    var batches = TokenBatches.draw(SETS, 1, 1, new SeededRandom(1));
    assertThat(batches.size()).isEqualTo(3);
    assertThat(batches.weight(0)).isEqualTo(6);
    assertThat(batches.exhaustive()).isTrue();
    var unions = StepUnions.of(batches);
    assertThat(unions.weight(0)).isEqualTo(0.6);
    assertThat(unions.weight(2)).isEqualTo(0.1);
  }

  @Test
  void tokensAreDrawnInProportionToTheirCount() {
    var batches = TokenBatches.draw(SETS, 4, 50_000, new SeededRandom(2));
    var seen = new int[3];
    for (int step = 0; step < batches.size(); step++) {
      for (int token = 0; token < 4; token++) {
        seen[batches.set(step, token)]++;
      }
    }
    // 200,000 draws: the standard error of each share is below 0.0012.
    assertThat(seen[0] / 200_000.0).isCloseTo(0.6, within(0.005));
    assertThat(seen[1] / 200_000.0).isCloseTo(0.3, within(0.005));
    assertThat(seen[2] / 200_000.0).isCloseTo(0.1, within(0.005));
    assertThat(batches.exhaustive()).isFalse();
  }

  @Test
  void aUnionHoldsEachExpertOnceInOrder() {
    var unions = StepUnions.of(TokenBatches.draw(SETS, 8, 100, new SeededRandom(3)));
    double weight = 0;
    for (int step = 0; step < unions.size(); step++) {
      assertThat(unions.distinct(step)).isBetween(2, 5);
      for (int i = unions.from(step) + 1; i < unions.to(step); i++) {
        assertThat(unions.member(i)).isGreaterThan(unions.member(i - 1));
      }
      weight += unions.weight(step);
    }
    assertThat(weight).isCloseTo(1, within(1e-12));
  }

  @Test
  void theSameSeedDrawsTheSameBatches() {
    var first = TokenBatches.draw(SETS, 3, 50, SeededRandom.of(7, 1, 2));
    var second = TokenBatches.draw(SETS, 3, 50, SeededRandom.of(7, 1, 2));
    for (int step = 0; step < first.size(); step++) {
      for (int token = 0; token < 3; token++) {
        assertThat(second.set(step, token)).isEqualTo(first.set(step, token));
      }
    }
  }

  @Test
  void refusesSetsThatDoNotAscend() {
    var builder = TokenSets.builder(5);
    assertThatThrownBy(() -> builder.add(new int[] {1, 1}, 1)).hasMessageContaining("must ascend");
    assertThatThrownBy(() -> builder.add(new int[] {1, 5}, 1)).hasMessageContaining("[0, 5)");
    assertThatThrownBy(() -> builder.add(new int[] {1}, 0)).hasMessageContaining("positive");
  }

  @Test
  void expertLoadCountsTokens() {
    assertThat(SETS.expertLoad()).containsExactly(6, 9, 3, 1, 1);
    assertThat(SETS.totalTokens()).isEqualTo(10);
  }
}
