package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import coterie.ingest.container.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * SGLang's expert counts as JSON: {@code {"logical_count": [layers][experts]}} is one record,
 * {@code [passes][layers][experts]} one for each pass. Other fields are passed over.
 *
 * <p>sgl-project/sglang @ 8905cbd4, {@code srt/eplb/expert_location.py}: what {@code
 * --init-expert-location} reads. There is a row for each hidden layer; the experts are logical. The
 * recorder keeps passes in a ring, so their place is not the number of the forward pass.
 */
final class SglangCountsReader implements TraceReader {

  /** The field that tells the format. */
  static final String FIELD = "logical_count";

  private static final int MAX_DEPTH = 16;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private final InputStream in;
  private final ReadContext context;
  private JsonParser json;
  private CountMatrix matrix;
  private boolean found;
  private boolean done;
  private long number;

  SglangCountsReader(InputStream in, ReadContext context) {
    this.in = in;
    this.context = context;
  }

  @Override
  public Optional<TraceRecord> next() {
    return done ? Optional.empty() : Optional.ofNullable(Attempt.at(number + 1, this::nextPass));
  }

  private TraceRecord nextPass() throws IOException, MalformedException, RejectedException {
    try {
      if (json == null) {
        json = JSON.createParser(in);
        done = json.nextToken() != JsonToken.START_OBJECT;
        MalformedException.unless(!done, "the file is no JSON object");
      }
      while (matrix != null || toMatrix()) {
        if (matrix.readPass(json)) {
          number++;
          return counted();
        }
        matrix = null;
      }
      return atEnd();
    } catch (JsonProcessingException malformed) {
      done = true;
      throw new MalformedException(malformed.getOriginalMessage());
    } catch (IOException failure) {
      done = true;
      throw failure;
    }
  }

  /** Goes to the field; false if the object ends before. */
  private boolean toMatrix() throws IOException, MalformedException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean here = json.currentName().equals(FIELD);
      var value = json.nextToken();
      if (here) {
        found = true;
        if (value == JsonToken.START_ARRAY) {
          matrix = new CountMatrix(context.model());
          return true;
        }
      }
      json.skipChildren();
    }
    return false;
  }

  private TraceRecord atEnd() throws IOException, MalformedException {
    done = true;
    MalformedException.unless(json.nextToken() == null, "the file goes on behind its JSON object");
    MalformedException.unless(found, "no field %s", FIELD);
    MalformedException.unless(number > 0, "%s is no array of counts", FIELD);
    return null;
  }

  private TraceRecord counted() throws MalformedException, RejectedException {
    matrix.requireSound();
    return new TraceRecord.Counted(
        number,
        LoadCounts.of(
            context.model(),
            RunOrigin.UNKNOWN,
            context.phase().orElse(null),
            matrix.rows(),
            matrix.columns(),
            matrix::count));
  }

  @Override
  public void close() throws IOException {
    if (json != null) {
      json.close();
    }
  }
}
