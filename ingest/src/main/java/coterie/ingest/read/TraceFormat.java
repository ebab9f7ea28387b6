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
  },
  /** One request a file, as the expert fingerprinting of gpt-oss keeps it. */
  EXPERT_FINGERPRINTING("expert-fingerprinting") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new FingerprintingReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return FingerprintingReader.begins(head.text());
    }
  },
  /** Rows of one token in one layer, a JSON object a line. */
  JSON_ROWS("json-rows") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new JsonRowsReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return head.objects().stream().anyMatch(JsonRowsReader::isRow);
    }
  },
  /** Rows of one token in one layer, as CSV with a header. */
  CSV("csv") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new CsvReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return !head.lines().isEmpty() && CsvReader.isHeader(head.lines().get(0));
    }
  },
  /** Parquet files of a folder, one for each layer. */
  PARQUET("parquet") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      // Without a name there is no layer; the reader says so.
      return new ParquetReader(List.of(new TracePart("", () -> in)), context);
    }

    @Override
    public TraceReader open(List<TracePart> parts, ReadContext context) {
      return new ParquetReader(parts, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return head.startsWith('P', 'A', 'R', '1');
    }
  },
  /** One NumPy array: tokens or counts. */
  NPY("npy") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new NpyReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return head.startsWith(0x93, 'N', 'U', 'M', 'P', 'Y');
    }
  },
  /** TensorRT-LLM's expert statistics: counts of one rank, iteration by iteration. */
  TENSORRT_LLM("tensorrt-llm") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new TrtllmReader(null, in, context);
    }

    @Override
    public TraceReader open(List<TracePart> parts, ReadContext context) throws IOException {
      var file = parts.get(0);
      return new TrtllmReader(file.name(), file.opener().open(), context);
    }

    @Override
    public boolean nameMatters() {
      return true;
    }

    @Override
    boolean recognises(TraceHead head) {
      return TrtllmReader.recognises(head) || TrtllmMeta.isMeta(head.fields());
    }

    @Override
    public StatedShape stated(InputStream in) {
      return TrtllmMeta.stated(in);
    }
  },
  /** llama.cpp's importance matrix, for its counts. */
  IMATRIX("imatrix") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new ImatrixReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return ImatrixReader.recognises(head);
    }
  },
  /** SGLang's expert counts as JSON. */
  SGLANG_COUNTS("sglang-counts") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new SglangCountsReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return head.fields().contains(SglangCountsReader.FIELD);
    }
  },
  /** vLLM's load statistics, one window a line. */
  VLLM_LOAD("vllm-load") {
    @Override
    public TraceReader open(InputStream in, ReadContext context) {
      return new VllmLoadReader(in, context);
    }

    @Override
    boolean recognises(TraceHead head) {
      return head.objects().stream().anyMatch(VllmLoadReader::recognises);
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

  /**
   * True if a file's name is part of what it says: then two files of the same bytes are two traces,
   * as of two ranks that counted the same.
   */
  public boolean nameMatters() {
    return false;
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
