package coterie.jobs.generate;

import coterie.planner.model.AliasSampler;
import coterie.planner.model.SeededRandom;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The made-up router of {@link SyntheticRouter}, for any number of tokens: experts divided into
 * coteries of top-k, popular and unpopular ones, topics that prefer coteries, and besides tokens
 * that stay with the coterie of the token before, or call a set that the coterie has in store.
 *
 * <p>Experts of a token are drawn one after the other without replacement, in proportion to {@code
 * exp(popularity + bonus)}: the Plackett-Luce distribution, which is that of Gumbel top-k (Kool,
 * van Hoof, Welling, ICML 2019), but costs O(k) a token and layer and not O(experts): the popular
 * ones come from an alias table, those of the coterie on top of it from a list of k, and what was
 * drawn already is drawn again.
 */
final class FittedRouter {

  /** Redraws before the next free expert is taken; only shapes with few experts come so far. */
  private static final int MOST_REDRAWS = 200;

  private static final long STOCK = 7;

  private final RouterTraits traits;
  private final long seed;
  private final int topK;
  private final int coteries;

  /** {@code [layer]} */
  private final AliasSampler[] popular;

  /**
   * {@code [layer][coterie][member]} expert ids, and their cumulative weight besides popularity.
   */
  private final int[][][] members;

  private final double[][][] bonus;

  /** {@code [layer][topic]} draws a coterie. */
  private final AliasSampler[][] topicCoteries;

  FittedRouter(int layers, int experts, int topK, RouterTraits traits, long seed) {
    this.traits = traits;
    this.topK = topK;
    this.seed = seed;
    coteries = experts / topK;
    popular = new AliasSampler[layers];
    members = new int[layers][coteries][];
    bonus = new double[layers][coteries][];
    topicCoteries = new AliasSampler[layers][traits.topics()];
    for (int layer = 0; layer < layers; layer++) {
      build(layer, experts, SeededRandom.of(seed, layer));
    }
  }

  private void build(int layer, int experts, SeededRandom random) {
    var weights = new double[experts];
    for (int expert = 0; expert < experts; expert++) {
      weights[expert] = Math.exp(traits.popularitySpread() * Normal.next(random));
    }
    popular[layer] = new AliasSampler(weights);
    var order = IntStream.range(0, experts).toArray();
    random.shuffle(order);
    double factor = Math.exp(traits.coterieBonus()) - 1;
    for (int c = 0; c < coteries; c++) {
      int end = c == coteries - 1 ? experts : (c + 1) * topK;
      members[layer][c] = Arrays.copyOfRange(order, c * topK, end);
      bonus[layer][c] = new double[members[layer][c].length];
      double sum = 0;
      for (int i = 0; i < bonus[layer][c].length; i++) {
        sum += factor * weights[members[layer][c][i]];
        bonus[layer][c][i] = sum;
      }
    }
    for (int topic = 0; topic < traits.topics(); topic++) {
      var shares = new double[coteries];
      for (int c = 0; c < coteries; c++) {
        shares[c] = Math.exp(traits.topicConcentration() * Normal.next(random));
      }
      topicCoteries[layer][topic] = new AliasSampler(shares);
    }
  }

  int layers() {
    return popular.length;
  }

  /**
   * The experts of the next token of a request in one layer, into {@code ids[0 .. k)}.
   *
   * @param current {@code [layers]} coterie of the token before, -1 for the first; kept up to date
   */
  void route(int layer, int topic, int[] current, SeededRandom random, int[] ids) {
    if (current[layer] < 0 || random.nextDouble() >= traits.stay()) {
      current[layer] = topicCoteries[layer][topic].draw(random);
    }
    if (random.nextDouble() < traits.stock()) {
      // Two draws: the first sets of a stock are called more often than the last.
      int index = Math.min(stockIndex(random), stockIndex(random));
      var same = SeededRandom.of(seed, STOCK, layer, current[layer], index);
      choose(layer, current[layer], same, ids);
    } else {
      choose(layer, current[layer], random, ids);
    }
  }

  private static int stockIndex(SeededRandom random) {
    return random.nextInt(RouterTraits.STOCK_SETS);
  }

  private void choose(int layer, int coterie, SeededRandom random, int[] ids) {
    for (int k = 0; k < topK; k++) {
      int expert = draw(layer, coterie, random);
      for (int redraws = 0; among(ids, k, expert); redraws++) {
        expert = redraws < MOST_REDRAWS ? draw(layer, coterie, random) : firstFree(ids, k);
      }
      ids[k] = expert;
    }
  }

  private int draw(int layer, int coterie, SeededRandom random) {
    var own = bonus[layer][coterie];
    double extra = own[own.length - 1];
    double at = random.nextDouble() * (extra + popular[layer].total());
    if (at >= extra) {
      return popular[layer].draw(random);
    }
    int i = 0;
    while (own[i] <= at) {
      i++;
    }
    return members[layer][coterie][i];
  }

  private static boolean among(int[] ids, int count, int expert) {
    for (int i = 0; i < count; i++) {
      if (ids[i] == expert) {
        return true;
      }
    }
    return false;
  }

  private static int firstFree(int[] ids, int count) {
    int expert = 0;
    while (among(ids, count, expert)) {
      expert++;
    }
    return expert;
  }
}
