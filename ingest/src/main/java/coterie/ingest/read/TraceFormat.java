package coterie.ingest.read;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The trace formats there are, in the order in which a file is tried for them. A new one is a
 * {@link TraceReader} and a constant here.
 */
public enum TraceFormat {
  /** vLLM responses, one a line. */
  VLLM("vllm") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new VllmReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return head.objects().stream().anyMatch(line -> line.has("choices") && !line.has("sglext"));
    }
  },
  /** SGLang responses, one a line. */
  SGLANG("sglang") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new SglangReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return head.objects().stream().anyMatch(line -> line.has("meta_info") || line.has("sglext"));
    }
  },
  /** Plain NumPy arrays in one file. */
  NPZ("npz") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new NpzReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      // Other tools keep other things in ZIP files: PyTorch's begin with a pickle.
      return head.firstZipEntry().endsWith(".npy");
    }

    @Override
    public StatedShape stated(InputStream in) {
      return NpzReader.stated(in);
    }
  },
  /** Dumps of SGLang's expert distribution recorder. */
  SGLANG_RECORDER("sglang-recorder") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new RecorderReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      // All of PyTorch's files begin so; the reader says which of them are no dumps.
      return head.firstZipEntry().endsWith("/data.pkl");
    }
  };

  private final String label;

  TraceFormat(String label) {
    this.label = label;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** A reader of decompressed content. */
  abstract TraceReader open(InputStream in, ReadContext context) throws IOException;

  /** A reader of a trace; of one file for most formats. */
  public TraceReader open(List<TracePart> parts, ReadContext context) throws IOException {
    return open(parts.get(0).opener().open(), context);
  }

  /** What a file of this format says about the model; most say nothing. */
  public StatedShape stated(InputStream in) {
    return StatedShape.NONE;
  }

  /** True if a file that begins like this is of this format. */
  abstract boolean recognises(TraceHead head);

  /** The format of this name. */
  public static Optional<TraceFormat> find(String label) {
    return Arrays.stream(values()).filter(format -> format.label.equals(label)).findFirst();
  }

  /** Recognises decompressed content by how it begins. */
  public static Optional<TraceFormat> detect(InputStream in) throws IOException {
    var head = TraceHead.read(in);
    return Arrays.stream(values()).filter(format -> format.recognises(head)).findFirst();
  }
}
