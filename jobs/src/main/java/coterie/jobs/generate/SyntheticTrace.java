package coterie.jobs.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import coterie.planner.model.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;

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
      writeLine(out, id, created, prompt, completion, experts);
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

  private byte[] npy(int rows, int topic, SeededRandom random) throws IOException {
    var header =
        "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, %d, %d), }"
            .formatted(rows, model.layers(), model.topK());
    // Data begins at a multiple of 64 bytes; the header ends with a newline.
    int padded = (10 + header.length() + 1 + 63) / 64 * 64;
    var bytes = new ByteArrayOutputStream();
    bytes.write(0x93);
    bytes.write("NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(padded - 10);
    bytes.write((padded - 10) >>> 8);
    bytes.write(header.getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(
        " ".repeat(padded - 10 - header.length() - 1).getBytes(StandardCharsets.ISO_8859_1));
    bytes.write('\n');
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

  private static void writeLine(
      OutputStream out, String id, long created, int prompt, int completion, byte[] experts)
      throws IOException {
    var line = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("id", id);
      json.writeStringField("object", "text_completion");
      json.writeNumberField("created", created);
      json.writeStringField("model", "synthetic");
      json.writeArrayFieldStart("choices");
      json.writeStartObject();
      json.writeNumberField("index", 0);
      json.writeStringField("text", "");
      json.writeStringField("finish_reason", "stop");
      json.writeStringField("routed_experts", Base64.getEncoder().encodeToString(experts));
      json.writeEndObject();
      json.writeEndArray();
      json.writeObjectFieldStart("usage");
      json.writeNumberField("prompt_tokens", prompt);
      json.writeNumberField("completion_tokens", completion);
      json.writeNumberField("total_tokens", prompt + completion);
      json.writeEndObject();
      json.writeEndObject();
    }
    line.write('\n');
    line.writeTo(out);
  }
}
