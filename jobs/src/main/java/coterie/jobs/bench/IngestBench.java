package coterie.jobs.bench;

import coterie.ingest.Ingest;
import coterie.ingest.IngestRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.spark.sql.SparkSession;

/** Ingest, end to end into the lake, beside {@link DecodeLoop} on the same files. */
public final class IngestBench {

  private final SparkSession spark;
  private final String model;

  public IngestBench(SparkSession spark, String model) {
    this.spark = spark;
    this.model = model;
  }

  /**
   * Seconds of each round.
   *
   * @param lineBytes of lines, before compression
   */
  public record Result(long lineBytes, long tokens, List<Double> ingest, List<Double> decode) {

    public Result {
      ingest = List.copyOf(ingest);
      decode = List.copyOf(decode);
    }

    /** Above 1 if ingest is faster than the loop, by the medians. */
    public double ratio() {
      return median(decode) / median(ingest);
    }

    /** The median. */
    public static double median(List<Double> values) {
      return StatUtils.percentile(values.stream().mapToDouble(Double::doubleValue).toArray(), 50);
    }
  }

  /**
   * Runs both, in turn, after one round that is not counted.
   *
   * @param folder for the copies, which stay there
   */
  public Result run(Path recorded, Path folder, long lineBytes, int rounds) throws IOException {
    long written = new TraceCopies(recorded).write(folder, lineBytes);
    var files = files(folder);
    var ingest = new ArrayList<Double>();
    var decode = new ArrayList<Double>();
    long tokens = 0;
    for (int round = 0; round <= rounds; round++) {
      long start = System.nanoTime();
      tokens = ingest(folder, folder.getFileName() + "-" + round);
      long middle = System.nanoTime();
      new DecodeLoop().run(files);
      long end = System.nanoTime();
      if (round > 0) {
        ingest.add((middle - start) / 1e9);
        decode.add((end - middle) / 1e9);
      }
    }
    return new Result(written, tokens, ingest, decode);
  }

  private long ingest(Path folder, String dataset) {
    var request =
        new IngestRequest(
            List.of(folder.toString()),
            Optional.empty(),
            model,
            "main",
            Optional.empty(),
            dataset,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            false);
    return new Ingest(spark).run(request).tokensKept();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var list = Files.list(folder)) {
      return list.sorted().toList();
    }
  }
}
