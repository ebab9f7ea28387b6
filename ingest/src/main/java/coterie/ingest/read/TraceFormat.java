package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.Optional;

/** The trace formats there are. A new one is a {@link TraceReader} and a constant here. */
public enum TraceFormat {
  /** vLLM responses, one a line. */
  VLLM("vllm") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new VllmReader(in, context);
    }

    @Override
    boolean recognises(JsonNode line) {
      return line.has("choices") && !line.has("sglext");
    }
  },
  /** SGLang responses, one a line. */
  SGLANG("sglang") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new SglangReader(in, context);
    }

    @Override
    boolean recognises(JsonNode line) {
      return line.has("meta_info") || line.has("sglext");
    }
  },
  /** Plain NumPy arrays in one file. */
  NPZ("npz") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new NpzReader(in, context);
    }

    @Override
    public StatedShape stated(InputStream in) throws IOException {
      return NpzReader.stated(in);
    }
  };

  /** Lines that {@link #detect} looks at before it gives up. */
  private static final int LINES_TRIED = 10;

  private static final byte[] ZIP_MAGIC = {'P', 'K', 3, 4};

  private final String label;

  TraceFormat(String label) {
    this.label = label;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** A reader of decompressed content. */
  public abstract TraceReader open(InputStream in, ReadContext context);

  /** What a file of this format says about the model; most say nothing. */
  public StatedShape stated(InputStream in) throws IOException {
    return StatedShape.NONE;
  }

  boolean recognises(JsonNode line) {
    return false;
  }

  /** The format of this name. */
  public static Optional<TraceFormat> find(String label) {
    return Arrays.stream(values()).filter(format -> format.label.equals(label)).findFirst();
  }

  /** Recognises decompressed content by its first bytes or its first lines of JSON. */
  public static Optional<TraceFormat> detect(InputStream in) throws IOException {
    var head = new PushbackInputStream(in, ZIP_MAGIC.length);
    var magic = head.readNBytes(ZIP_MAGIC.length);
    if (Arrays.equals(magic, ZIP_MAGIC)) {
      return Optional.of(NPZ);
    }
    head.unread(magic);
    var lines = new LineReader(head);
    for (int i = 0; i < LINES_TRIED; i++) {
      var line = lines.next();
      if (line == null) {
        return Optional.empty();
      }
      var format = recognise(line);
      if (format.isPresent()) {
        return format;
      }
    }
    return Optional.empty();
  }

  private static Optional<TraceFormat> recognise(byte[] line) throws IOException {
    try {
      var json = JsonLines.parse(line);
      return Arrays.stream(values()).filter(format -> format.recognises(json)).findFirst();
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    }
  }
}
