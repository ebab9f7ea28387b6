package coterie.jobs.generate;

import coterie.planner.model.RequestTokens;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One day of requests to a made-up model, in memory: the same router as {@link SyntheticTrace},
 * more topics, requests of one length.
 */
public final class SyntheticTokens {

  private static final int TOPICS = 64;

  private final SyntheticModel model;
  private final SyntheticRouter router;
  private final long seed;

  public SyntheticTokens(SyntheticModel model, long seed) {
    this.model = model;
    this.router = new SyntheticRouter(model, TOPICS, seed);
    this.seed = seed;
  }

  /**
   * The tokens of each layer. Same seed and day, same tokens.
   *
   * @param day draws the day's mix of topics and all else
   * @param length tokens of a request
   */
  public List<RequestTokens> layers(long day, int requests, int length) {
    var random = SeededRandom.of(seed, day);
    var shares = SyntheticTrace.topicShares(TOPICS, random);
    var builders = new ArrayList<TokenSets.Builder>();
    for (int layer = 0; layer < model.layers(); layer++) {
      builders.add(TokenSets.builder(model.experts()));
    }
    var first = new int[requests + 1];
    var ids = new int[model.topK()];
    for (int request = 0; request < requests; request++) {
      first[request + 1] = first[request] + length;
      int topic = SyntheticTrace.draw(shares, random);
      for (int token = 0; token < length; token++) {
        for (int layer = 0; layer < model.layers(); layer++) {
          router.route(layer, topic, random, ids);
          Arrays.sort(ids);
          builders.get(layer).add(ids, 1);
        }
      }
    }
    return builders.stream().map(builder -> new RequestTokens(builder.build(), first)).toList();
  }
}
