package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
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
    public StatedShape stated(InputStream in) {
      return NpzReader.stated(in);
    }
  };

  /** Lines that {@link #detect} looks at before it gives up. */
  private static final int LINES_TRIED = 10;

  private static final byte[] ZIP_MAGIC = {'P', 'K', 3, 4};

  /** Where a ZIP entry's header has the length of its name, and where the name begins. */
  private static final int ZIP_NAME_LENGTH_AT = 26;

  private static final int ZIP_NAME_AT = 30;
  private static final int HEAD_BYTES = ZIP_NAME_AT + 256;

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
  public StatedShape stated(InputStream in) {
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
    var content = new PushbackInputStream(in, HEAD_BYTES);
    var head = content.readNBytes(HEAD_BYTES);
    if (Arrays.equals(head, 0, Math.min(4, head.length), ZIP_MAGIC, 0, 4)) {
      // Other tools keep other things in ZIP files: PyTorch's begin with a pickle.
      return firstZipEntry(head).endsWith(".npy") ? Optional.of(NPZ) : Optional.empty();
    }
    content.unread(head);
    var lines = new LineReader(content);
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

  private static String firstZipEntry(byte[] head) {
    if (head.length < ZIP_NAME_AT) {
      return "";
    }
    int length = (head[ZIP_NAME_LENGTH_AT] & 0xFF) | (head[ZIP_NAME_LENGTH_AT + 1] & 0xFF) << 8;
    int end = Math.min(head.length, ZIP_NAME_AT + length);
    return new String(head, ZIP_NAME_AT, end - ZIP_NAME_AT, StandardCharsets.UTF_8);
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
