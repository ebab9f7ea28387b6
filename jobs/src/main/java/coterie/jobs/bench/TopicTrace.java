package coterie.jobs.bench;

import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import java.util.Arrays;

/**
 * Made-up tokens of one layer whose topics prefer experts: the benchmark of scale, on no real
 * model.
 *
 * <p>Every topic gives every expert a normal preference; a token has one topic and takes the top k
 * of preference plus noise. Both halves, for planning and judging, share the topics.
 */
public final class TopicTrace {

  private static final double PREFERENCE = 1.5;

  private final int topK;
  private final double[][] preference;

  public TopicTrace(int experts, int topK, int topics, SeededRandom random) {
    this.topK = topK;
    preference = new double[topics][experts];
    for (var topic : preference) {
      for (int expert = 0; expert < experts; expert++) {
        topic[expert] = PREFERENCE * normal(random);
      }
    }
  }

  /** Draws tokens, each a set of its own. */
  public TokenSets draw(int tokens, SeededRandom random) {
    int experts = preference[0].length;
    var sets = TokenSets.builder(experts);
    var score = new double[experts];
    for (int token = 0; token < tokens; token++) {
      var topic = preference[random.nextInt(preference.length)];
      for (int expert = 0; expert < experts; expert++) {
        score[expert] = topic[expert] + normal(random);
      }
      sets.add(top(score), 1);
    }
    return sets.build();
  }

  private int[] top(double[] score) {
    var set = new int[topK];
    for (int k = 0; k < topK; k++) {
      int best = 0;
      for (int expert = 1; expert < score.length; expert++) {
        if (score[expert] > score[best]) {
          best = expert;
        }
      }
      set[k] = best;
      score[best] = Double.NEGATIVE_INFINITY;
    }
    Arrays.sort(set);
    return set;
  }

  /** Box-Muller. */
  private static double normal(SeededRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
