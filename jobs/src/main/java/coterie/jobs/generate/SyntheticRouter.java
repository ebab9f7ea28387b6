package coterie.jobs.generate;

import coterie.planner.model.SeededRandom;
import java.util.stream.IntStream;

/**
 * A made-up router with planted co-activation.
 *
 * <p>In every layer the experts are divided at random into coteries of top-k experts that belong
 * together, some of them more popular than others, and every topic favours a few coteries. A token
 * of a topic draws one coterie and then its k experts from a softmax in which the members of the
 * coterie, the popular experts and chance compete (Gumbel top-k, which draws without replacement:
 * Kool, van Hoof, Welling, ICML 2019). So pairs within a coterie meet far more often than
 * independent experts would, as in traces of real models, and loads are skewed.
 */
final class SyntheticRouter {

  private static final double COTERIE_BONUS = 3.0;
  private static final double POPULARITY_SPREAD = 0.7;
  private static final double TOPIC_CONCENTRATION = 1.5;

  private final SyntheticModel model;
  private final int coteries;

  /** {@code [layer][expert]} coterie, and how popular the expert is by itself. */
  private final int[][] coterieOf;

  private final double[][] popularity;

  /** {@code [layer][topic][coterie]} cumulative shares. */
  private final double[][][] topicShares;

  SyntheticRouter(SyntheticModel model, int topics, long seed) {
    this.model = model;
    int layers = model.layers();
    coteries = model.experts() / model.topK();
    coterieOf = new int[layers][model.experts()];
    popularity = new double[layers][model.experts()];
    topicShares = new double[layers][topics][coteries];
    for (int layer = 0; layer < layers; layer++) {
      var random = SeededRandom.of(seed, layer);
      var order = IntStream.range(0, model.experts()).toArray();
      random.shuffle(order);
      for (int i = 0; i < order.length; i++) {
        coterieOf[layer][order[i]] = Math.min(i / model.topK(), coteries - 1);
        popularity[layer][order[i]] = POPULARITY_SPREAD * gaussian(random);
      }
      for (int topic = 0; topic < topics; topic++) {
        topicShares[layer][topic] = shares(random);
      }
    }
  }

  private double[] shares(SeededRandom random) {
    var shares = new double[coteries];
    double total = 0;
    for (int c = 0; c < coteries; c++) {
      total += Math.exp(TOPIC_CONCENTRATION * gaussian(random));
      shares[c] = total;
    }
    for (int c = 0; c < coteries; c++) {
      shares[c] /= total;
    }
    return shares;
  }

  /** The experts of one token in one layer, strongest first, into {@code ids[0 .. k)}. */
  void route(int layer, int topic, SeededRandom random, int[] ids) {
    int coterie = 0;
    double draw = random.nextDouble();
    while (coterie < coteries - 1 && topicShares[layer][topic][coterie] < draw) {
      coterie++;
    }
    var score = new double[model.experts()];
    for (int expert = 0; expert < score.length; expert++) {
      double bonus = coterieOf[layer][expert] == coterie ? COTERIE_BONUS : 0;
      score[expert] = popularity[layer][expert] + bonus + gumbel(random);
    }
    for (int k = 0; k < model.topK(); k++) {
      int best = 0;
      for (int expert = 1; expert < score.length; expert++) {
        if (score[expert] > score[best]) {
          best = expert;
        }
      }
      ids[k] = best;
      score[best] = Double.NEGATIVE_INFINITY;
    }
  }

  private static double gumbel(SeededRandom random) {
    return -Math.log(-Math.log(Math.max(random.nextDouble(), 1e-300)));
  }

  /** Box-Muller. */
  private static double gaussian(SeededRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
