package coterie.jobs.generate;

import coterie.planner.model.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Writes one day of requests to a made-up model, in the lines of vLLM's completions.
 *
 * <p>A request has a topic, a prompt of 20 to 59 tokens and a completion of geometric length. Days
 * share the router and differ in how often each topic is asked.
 */
public final class SyntheticTrace {

  private static final int TOPICS = 8;
  private static final int MEAN_COMPLETION = 80;
  private static final int MAX_COMPLETION = 400;
  private static final double TOPIC_DRIFT = 0.5;

  private final SyntheticModel model;
  private final SyntheticRouter router;
  private final long seed;

  public SyntheticTrace(SyntheticModel model, long seed) {
    this.model = model;
    this.router = new SyntheticRouter(model, TOPICS, seed);
    this.seed = seed;
  }

  /**
   * Writes {@code requests} lines. Same seed and day, same bytes.
   *
   * @param day stamps the requests and draws the day's mix of topics
   */
  public void write(OutputStream out, LocalDate day, int requests) throws IOException {
    var random = SeededRandom.of(seed, day.toEpochDay());
    var topicShares = topicShares(TOPICS, random);
    long midnight = day.atStartOfDay().toEpochSecond(ZoneOffset.UTC);
    for (int request = 0; request < requests; request++) {
      int topic = draw(topicShares, random);
      int prompt = 20 + random.nextInt(40);
      int completion = completion(random);
      long created = midnight + 86_400L * request / requests;
      var id = "cmpl-%s/topic-%d/%d".formatted(day, topic, request);
      var experts = npy(prompt + completion - 1, topic, random);
      out.write(ResponseLine.of(id, created, prompt, completion, experts));
    }
  }

  /**
   * Cumulative shares of a day's topics: some are asked more often than others, not the same ones
   * every day.
   */
  static double[] topicShares(int topics, SeededRandom random) {
    var cumulative = new double[topics];
    double total = 0;
    for (int topic = 0; topic < topics; topic++) {
      total += 1 + TOPIC_DRIFT * (2 * random.nextDouble() - 1);
      cumulative[topic] = total;
    }
    for (int topic = 0; topic < topics; topic++) {
      cumulative[topic] /= total;
    }
    return cumulative;
  }

  static int draw(double[] cumulative, SeededRandom random) {
    double at = random.nextDouble();
    int index = 0;
    while (index < cumulative.length - 1 && cumulative[index] < at) {
      index++;
    }
    return index;
  }

  private static int completion(SeededRandom random) {
    double length = -MEAN_COMPLETION * Math.log(1 - random.nextDouble());
    return (int) Math.min(MAX_COMPLETION, 2 + Math.floor(length));
  }

  private byte[] npy(int rows, int topic, SeededRandom random) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ResponseLine.npyHeader("|u1", rows, model.layers(), model.topK()));
    var ids = new int[model.topK()];
    for (int row = 0; row < rows; row++) {
      for (int layer = 0; layer < model.layers(); layer++) {
        router.route(layer, topic, random, ids);
        for (int id : ids) {
          bytes.write(id);
        }
      }
    }
    return bytes.toByteArray();
  }
}
