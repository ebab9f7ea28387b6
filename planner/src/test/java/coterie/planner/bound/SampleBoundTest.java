package coterie.planner.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SampleBoundTest {

  /** Mean 2, variance 1, so a standard error of 1 / sqrt 3, and t = 2.920 for two degrees. */
  @Test
  void takesAQuantileOffTheMean() {
    var bound = SampleBound.of(List.of(1.0, 2.0, 3.0));
    assertThat(bound.mean()).isEqualTo(2);
    assertThat(bound.low()).isCloseTo(2 - 2.920 / Math.sqrt(3), Offset.offset(1e-12));
  }

  @Test
  void samplesThatAgreeLeaveNothingToTakeOff() {
    assertThat(SampleBound.of(List.of(1.5, 1.5)).low()).isEqualTo(1.5);
  }

  @Test
  void oneSampleTellsNothingOfItsError() {
    assertThatThrownBy(() -> SampleBound.of(List.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 2");
  }

  /** What sums of certificates that are exactly tight may be off by. */
  private static final double ROUNDING = 1e-9;

  /** 300 distributions of steps, ten samples each: the bound fails in fewer than one of twenty. */
  @Test
  void isBelowTheBestPlacementOfTheDistributionAsOftenAsItSays() {
    int failures = 0;
    double proven = 0;
    for (int seed = 0; seed < 300; seed++) {
      var random = SeededRandom.of(seed, 77);
      var cluster = new Cluster(2, 3);
      var tokens = RandomProblems.tokens(6, 2, 9, random);
      double optimum = ExactOptimum.experts(every(tokens), cluster);
      var certificates = new ArrayList<Double>();
      for (int sample = 0; sample < 10; sample++) {
        certificates.add(
            PartitionBound.of(sample(tokens, 40, random), cluster, BoundBudget.ofIterations(60))
                .orElseThrow()
                .experts());
      }
      var bound = SampleBound.of(certificates);
      failures += bound.low() > optimum + ROUNDING ? 1 : 0;
      proven += bound.low() - 1;
    }
    assertThat(failures).isLessThanOrEqualTo(15);
    assertThat(proven).as("more than the trivial bound").isPositive();
  }

  private static StepUnions every(TokenSets tokens) {
    return StepUnions.of(TokenBatches.draw(tokens, 1, 1, SeededRandom.of(1)));
  }

  /** {@code size} tokens drawn with replacement, each a step of its own. */
  private static StepUnions sample(TokenSets tokens, int size, SeededRandom random) {
    var builder = TokenSets.builder(tokens.experts());
    for (int i = 0; i < size; i++) {
      double at = random.nextDouble() * tokens.totalTokens();
      int set = 0;
      while (set < tokens.size() - 1 && at >= tokens.tokens(set)) {
        at -= tokens.tokens(set++);
      }
      builder.add(tokens.set(set), 1);
    }
    return every(builder.build());
  }
}
