package coterie.jobs.command;

import coterie.analytics.Compute;
import coterie.analytics.MissingRowsException;
import coterie.analytics.sql.SubsetEngine;
import coterie.ingest.error.UserError;
import coterie.jobs.lake.GpuSession;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Options of what counts the statistics. */
final class ComputeOptions {

  private static final String KERNEL = "kernel";
  private static final String SQL = "sql";
  private static final String GPU = "gpu";

  @Option(
      names = "--compute",
      paramLabel = "NAME",
      defaultValue = KERNEL,
      description = {
        "kernel: counters over packed blocks; sql: Spark SQL over the rows that",
        "coterie ingest --rows keeps, the same numbers; gpu: the same SQL under the",
        "RAPIDS Accelerator (default: ${DEFAULT-VALUE})."
      })
  private String name;

  @Option(
      names = "--subset-engine",
      paramLabel = "NAME",
      description = {
        "With sql: who finds frequent subsets, levels or mllib, which is Spark's FP-growth",
        "(default: levels)."
      })
  private Optional<String> subsetEngine = Optional.empty();

  @Option(
      names = "--fall-back",
      description = "With gpu: where the session has no GPU, say so and count by sql.")
  private boolean fallBack;

  Compute compute() {
    Checks.oneOf("--compute", name, List.of(KERNEL, SQL, GPU));
    if (subsetEngine.isPresent() && !name.equals(SQL)) {
      throw UserError.usage(
          "--subset-engine %s with --compute %s".formatted(subsetEngine.get(), name),
          "the choice is there with --compute sql only");
    }
    if (fallBack && !name.equals(GPU)) {
      throw UserError.usage(
          "--fall-back with --compute %s".formatted(name), "it is there for --compute gpu only");
    }
    if (name.equals(KERNEL)) {
      return Compute.KERNEL;
    }
    var label = subsetEngine.orElse(SubsetEngine.LEVELS.label());
    Checks.oneOf("--subset-engine", label, SubsetEngine.labels());
    return Compute.sql(SubsetEngine.find(label).orElseThrow());
  }

  /**
   * Looks at the session before anything is counted.
   *
   * @throws UserError naming all that a GPU session has and this one lacks, if nobody asked to go
   *     on without
   */
  void requireDevice(SparkSession spark) {
    if (!name.equals(GPU)) {
      return;
    }
    var missing = String.join("; ", GpuSession.missing(spark));
    if (missing.isEmpty()) {
      return;
    }
    if (!fallBack) {
      throw UserError.usage(
          "--compute gpu cannot run here: " + missing,
          "run under spark-submit with the RAPIDS Accelerator: jobs/deploy/gpu.conf has the"
              + " settings; --compute sql gives the same numbers, --fall-back goes on with it");
    }
    System.err.printf("warning: no GPU is used, counting by sql: %s%n", missing);
  }

  /** Tells what to do where rows are missing. */
  static <T> T explained(Supplier<T> analysis) {
    try {
      return analysis.get();
    } catch (MissingRowsException missing) {
      throw UserError.data(
          missing.getMessage(),
          "coterie ingest --rows --dataset %s FILES keeps rows of all of its files, also of those"
                  .formatted(missing.dataset())
              + " that are there already; --compute kernel needs none");
    }
  }
}
