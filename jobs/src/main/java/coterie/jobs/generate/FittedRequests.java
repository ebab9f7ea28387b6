package coterie.jobs.generate;

import coterie.planner.model.AliasSampler;
import coterie.planner.model.SeededRandom;
import java.util.Arrays;

/**
 * Requests to a made-up model, one after the other: topic, length, and the experts of each token.
 * Every request has random numbers of its own, so that any can be made without the others, and none
 * is kept.
 */
public final class FittedRequests {

  private static final int SHORTEST_PROMPT = 20;
  private static final int PROMPTS = 40;
  private static final long LAYERS = 1;
  private static final long MIX = 2;
  private static final long REQUEST = 3;

  private final FittedRouter router;
  private final RouterTraits traits;
  private final int topK;
  private final long seed;

  public FittedRequests(int layers, int experts, int topK, RouterTraits traits, long seed) {
    this.traits = traits;
    this.topK = topK;
    this.seed = seed;
    router =
        new FittedRouter(layers, experts, topK, traits, SeededRandom.of(seed, LAYERS).nextLong());
  }

  /**
   * One request.
   *
   * @param prompt its tokens
   * @param completion tokens, the last of which is never forwarded
   * @param experts {@code [prompt + completion - 1][layers][k]}, flat
   */
  public record Request(int topic, int prompt, int completion, RoutedTokens experts) {}

  /** Ids in a flat array; hidden, because records must not hold arrays. */
  public static final class RoutedTokens {
    private final short[] ids;

    private RoutedTokens(short[] ids) {
      this.ids = ids;
    }

    /** The id at {@code (token * layers + layer) * k + i}. */
    public int at(int index) {
      return ids[index];
    }
  }

  /** One day's mix of topics; draws its requests. */
  public final class Day {
    private final long day;
    private final AliasSampler topics;

    private Day(long day) {
      this.day = day;
      var random = SeededRandom.of(seed, MIX, day);
      var shares = new double[traits.topics()];
      for (int topic = 0; topic < shares.length; topic++) {
        shares[topic] = Math.exp(traits.topicDrift() * Normal.next(random));
      }
      topics = new AliasSampler(shares);
    }

    /** Request {@code index} of the day; same seed, day and index, same request. */
    public Request request(long index) {
      var random = SeededRandom.of(seed, REQUEST, day, index);
      int topic = topics.draw(random);
      int prompt = SHORTEST_PROMPT + random.nextInt(PROMPTS);
      int completion = completion(random);
      int rows = prompt + completion - 1;
      int layers = router.layers();
      var ids = new short[rows * layers * topK];
      var current = new int[layers];
      Arrays.fill(current, -1);
      var set = new int[topK];
      for (int row = 0; row < rows; row++) {
        for (int layer = 0; layer < layers; layer++) {
          router.route(layer, topic, current, random, set);
          int at = (row * layers + layer) * topK;
          for (int k = 0; k < topK; k++) {
            ids[at + k] = (short) set[k];
          }
        }
      }
      return new Request(topic, prompt, completion, new RoutedTokens(ids));
    }
  }

  /** A day by its number; days share the router. */
  public Day day(long day) {
    return new Day(day);
  }

  private int completion(SeededRandom random) {
    double length = traits.lengthMedian() * Math.exp(traits.lengthSpread() * Normal.next(random));
    return (int) Math.max(2, Math.min(traits.lengthMost() + 1, Math.round(length)));
  }
}
