package coterie.jobs.generate;

import coterie.ingest.table.ModelGeometry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Writes {@link FittedRequests} of a model of any shape in the lines of vLLM's completions, one at
 * a time: memory does not grow with the tokens.
 *
 * <p>As vLLM does, a row has all hidden layers, dense ones filled with zeros, of one byte an id for
 * at most 256 experts, else of two.
 */
public final class FittedTrace {

  private final ModelGeometry model;
  private final FittedRequests requests;

  public FittedTrace(ModelGeometry model, RouterTraits traits, long seed) {
    this.model = model;
    requests =
        new FittedRequests(model.moeLayers().size(), model.experts(), model.topK(), traits, seed);
  }

  /**
   * Writes whole requests until so many tokens are routed; arrivals come one a second.
   *
   * @return tokens written
   */
  public long write(OutputStream out, LocalDate day, long tokens) throws IOException {
    var source = requests.day(day.toEpochDay());
    long midnight = day.atStartOfDay().toEpochSecond(ZoneOffset.UTC);
    long written = 0;
    for (long index = 0; written < tokens; index++) {
      var request = source.request(index);
      int rows = request.prompt() + request.completion() - 1;
      var id = "cmpl-%s/topic-%d/%d".formatted(day, request.topic(), index);
      long created = midnight + index % 86_400;
      out.write(
          ResponseLine.of(id, created, request.prompt(), request.completion(), npy(request, rows)));
      written += rows;
    }
    return written;
  }

  private byte[] npy(FittedRequests.Request request, int rows) {
    boolean wide = model.experts() > 256;
    int width = wide ? 2 : 1;
    var header =
        ResponseLine.npyHeader(wide ? "<u2" : "|u1", rows, model.hiddenLayers(), model.topK());
    int row = model.hiddenLayers() * model.topK() * width;
    var bytes = Arrays.copyOf(header, header.length + rows * row);
    int from = 0;
    for (int token = 0; token < rows; token++) {
      for (int layer : model.moeLayers()) {
        int at = header.length + token * row + layer * model.topK() * width;
        for (int k = 0; k < model.topK(); k++) {
          int id = request.experts().at(from++);
          bytes[at++] = (byte) id;
          if (wide) {
            bytes[at++] = (byte) (id >>> 8);
          }
        }
      }
    }
    return bytes;
  }
}
