package coterie.jobs.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * All statistics of one corpus after the other, each by {@code coterie analyze} in a process of its
 * own with one executor of a standalone cluster: what memory they take when the corpus grows.
 */
public final class StandaloneBench {

  private final SparkSession spark;
  private final Path lake;
  private final Path folder;

  /**
   * A benchmark.
   *
   * @param spark a session on the lake, which makes the corpora
   * @param lake where the lake is
   * @param folder for logs
   */
  public StandaloneBench(SparkSession spark, Path lake, Path folder) {
    this.spark = spark;
    this.lake = lake;
    this.folder = folder;
  }

  /**
   * The run over a corpus.
   *
   * @param seconds from its first job to its end
   * @param driverHeapBytes most heap that the driver used
   * @param executorHeapBytes most heap that the executor used
   */
  public record Measured(
      long tokenLayers, double seconds, long driverHeapBytes, long executorHeapBytes) {}

  /** Runs over corpora of some sizes. */
  public List<Measured> run(int layers, int experts, int topK, List<Long> tokenLayers)
      throws IOException, InterruptedException {
    var measured = new ArrayList<Measured>();
    try (var cluster = new StandaloneCluster(folder)) {
      for (long size : tokenLayers) {
        var model = MadeBlocks.model("standalone-%d".formatted(size), layers, experts, topK);
        spark.sparkContext().setJobDescription("make tokens");
        new MadeBlocks(model, "made", 1).write(spark, size / layers);
        var arguments =
            List.of("analyze", "--lake", lake.toString(), "--model", model.name(), "--recount");
        var log = cluster.run(model.name(), arguments);
        measured.add(
            new Measured(size, log.seconds(), log.driverHeapBytes(), log.executorHeapBytes()));
      }
    }
    return measured;
  }
}
