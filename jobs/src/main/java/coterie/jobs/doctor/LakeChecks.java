package coterie.jobs.doctor;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.SourceTable;
import coterie.jobs.lake.GpuSession;
import coterie.jobs.plan.PlanTables;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.sql.SparkSession;

/** Checks of an open lake: Spark runs, the catalog answers, and whether there is a GPU. */
public final class LakeChecks {

  private static final long NUMBERS = 100_000;

  private LakeChecks() {}

  /** All of them. */
  public static List<Finding> all(SparkSession spark) {
    return List.of(spark(spark), catalog(spark), gpu(spark));
  }

  private static Finding spark(SparkSession spark) {
    long sum = spark.range(NUMBERS).selectExpr("sum(id)").first().getLong(0);
    var found =
        "Spark %s on %s, %d cores"
            .formatted(
                spark.version(),
                spark.sparkContext().master(),
                spark.sparkContext().defaultParallelism());
    return sum == LongStream.range(0, NUMBERS).sum()
        ? Finding.fine("Spark", found)
        : Finding.wrong("Spark", found + " cannot add", "try another --master");
  }

  private static Finding catalog(SparkSession spark) {
    long models = spark.table(ModelTable.TABLE.fullName()).count();
    long files = spark.table(SourceTable.TABLE.fullName()).count();
    long plans = spark.table(PlanTables.PLAN.fullName()).count();
    return Finding.fine(
        "catalog", "%,d models, %,d source files, %,d plans".formatted(models, files, plans));
  }

  private static Finding gpu(SparkSession spark) {
    var missing = GpuSession.missing(spark);
    return missing.isEmpty()
        ? Finding.fine("GPU", "the RAPIDS Accelerator is on")
        : Finding.notice(
            "GPU",
            "not used: " + String.join("; ", missing),
            "only analyze --compute gpu needs one; --compute kernel, the default, does not");
  }

  /** A lake that cannot be opened. */
  public static Finding closed(RuntimeException failure) {
    if (failure instanceof UserError known) {
      return Finding.wrong("lake", known.getMessage(), known.advice());
    }
    var first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return Finding.wrong(
        "Spark",
        failure.getClass().getSimpleName() + ": " + first,
        "COTERIE_DEBUG=1 coterie sql \"SELECT 1\" shows where it comes from");
  }
}
