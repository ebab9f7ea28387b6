package coterie.ingest;

import coterie.ingest.block.SourceReport;
import coterie.ingest.error.UserError;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** Reads sources into the tables of facts, a task some files. */
final class SourceLoad {

  private static final int FILES_PER_TASK_AT_MOST = 64;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final IngestTarget target;

  SourceLoad(SparkSession spark, IngestTarget target) {
    this.spark = spark;
    this.context = new JavaSparkContext(spark.sparkContext());
    this.target = target;
  }

  /**
   * Publishes the tokens of all sources, then the counts of those that have any.
   *
   * @return the account of each source by its id
   */
  Map<Long, SourceReport> run(SourceLedger.Work work) {
    context.setJobDescription("read %d files".formatted(work.fresh().size()));
    var reports = new SourceReports();
    spark.sparkContext().register(reports, "source reports");
    var replacement = new SourceReplacement(spark);
    replacement.publish(
        RoutingTable.TABLE, rows(RoutingTable.TABLE, work.fresh(), reports), work.staleIds());
    var result = new TreeMap<>(reports.value());
    var counting =
        work.fresh().stream().filter(s -> result.get(s.id(target)).recordsCounted() > 0).toList();
    if (!counting.isEmpty() || !work.staleCountIds().isEmpty()) {
      replacement.publish(
          PassLoadTable.TABLE, rows(PassLoadTable.TABLE, counting, reports), work.staleCountIds());
    }
    return result;
  }

  /**
   * Reads all sources without storing anything.
   *
   * @throws UserError naming the first record that cannot be used
   */
  void requireSound(List<SourceFile> files) {
    context.setJobDescription("check %d files".formatted(files.size()));
    var hadoop = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    var to = target;
    context
        .parallelize(files, Math.max(1, files.size()))
        .map(source -> firstRejection(source, to, hadoop.value().value()))
        .collect()
        .stream()
        .filter(problem -> !problem.isEmpty())
        .findFirst()
        .ifPresent(
            problem -> {
              throw UserError.data(
                  problem, "the lake is as it was; without --strict only the record is rejected");
            });
  }

  private static String firstRejection(SourceFile source, IngestTarget target, Configuration hadoop)
      throws IOException {
    var maker = new RoutingRows(target, source);
    try (var rows = new SourceRows(source, target, hadoop, maker, () -> {})) {
      while (maker.report().rejected().isEmpty() && rows.hasNext()) {
        rows.next();
      }
    }
    for (var reason : maker.report().rejected().keySet()) {
      var sample = maker.report().samples(reason).get(0);
      return "%s, record %d: %s (%s)"
          .formatted(
              SourceFile.display(source.path()),
              sample.record(),
              reason.meaning(),
              sample.detail());
    }
    return "";
  }

  private Dataset<Row> rows(LakeTable table, List<SourceFile> files, SourceReports reports) {
    if (files.isEmpty()) {
      return spark.createDataFrame(List.of(), table.schema());
    }
    var hadoop = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    boolean tokens = table.equals(RoutingTable.TABLE);
    var to = target;
    // Files of a task are read one after the other; shuffled, so that large neighbours spread.
    var order = new ArrayList<>(files);
    Collections.shuffle(order, new Random(files.size()));
    int wanted = Math.min(files.size(), 8 * context.defaultParallelism());
    int tasks = Math.max((files.size() - 1) / FILES_PER_TASK_AT_MOST + 1, wanted);
    var rdd =
        context
            .parallelize(order, tasks)
            .flatMap(
                source -> {
                  var maker = tokens ? new RoutingRows(to, source) : new PassLoadRows(to, source);
                  var rows =
                      new SourceRows(
                          source,
                          to,
                          hadoop.value().value(),
                          maker,
                          () -> reports.add(to, source, maker));
                  TaskCompletionListener close = done -> closeQuietly(rows);
                  TaskContext.get().addTaskCompletionListener(close);
                  return rows;
                });
    return spark.createDataFrame(rdd, table.schema());
  }

  private static void closeQuietly(SourceRows rows) {
    try {
      rows.close();
    } catch (IOException ignored) {
      // The task is over; what it read is written or will be read again.
    }
  }
}
