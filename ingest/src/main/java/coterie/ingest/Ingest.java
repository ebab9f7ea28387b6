package coterie.ingest;

import coterie.ingest.IngestReceipt.Ingested;
import coterie.ingest.block.SourceReport;
import coterie.ingest.error.UserError;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.RoutingTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Reads traces into the lake.
 *
 * <p>Nothing twice: a file whose content is there already is passed over; a file whose content
 * changed replaces its own blocks. Nothing half: the blocks of a run become visible in one
 * snapshot, and a file counts as ingested only once its row in {@code source} is written, which is
 * last. A run that was killed in between is made good by the next one.
 */
public final class Ingest {

  private static final int FILES_PER_TASK_AT_MOST = 64;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Configuration hadoop;
  private final SourceLedger ledger;

  public Ingest(SparkSession spark) {
    this.spark = spark;
    this.context = new JavaSparkContext(spark.sparkContext());
    this.hadoop = context.hadoopConfiguration();
    this.ledger = new SourceLedger(spark);
  }

  /**
   * Runs one ingest.
   *
   * @throws UserError if a path, the format or the model is wrong
   */
  public IngestReceipt run(IngestRequest request) {
    var inspected = inspect(SourceFinder.find(request.paths(), hadoop), request.format());
    var recognised = inspected.stream().filter(source -> source.format() != null).toList();
    if (recognised.isEmpty()) {
      throw UserError.data(
          "cannot tell the format of '%s'".formatted(SourceFile.display(inspected.get(0).path())),
          "give --format, one of: " + formats());
    }
    var resolved = new ModelRegistry(spark, hadoop).resolve(request, recognised);
    var target =
        new IngestTarget(
            resolved.model(),
            request.dataset(),
            request.day().orElse(null),
            request.phase().orElse(null));
    var work = ledger.compare(target, recognised);
    var reports = work.fresh().isEmpty() ? Map.<Long, SourceReport>of() : load(target, work);
    boolean kept = reports.values().stream().anyMatch(report -> report.tokensKept() > 0);
    if (kept && !resolved.inLake()) {
      append(ModelTable.TABLE.fullName(), ModelTable.toRow(resolved.model()));
    }
    ledger.record(target, work, reports);
    return new IngestReceipt(
        resolved.model(),
        resolved.origin(),
        ingested(target, work, reports),
        work.known(),
        inspected.stream()
            .filter(s -> s.format() == null)
            .map(s -> SourceFile.display(s.path()))
            .toList(),
        work.replacedPaths());
  }

  private static String formats() {
    return String.join(", ", Arrays.stream(TraceFormat.values()).map(TraceFormat::label).toList());
  }

  private List<SourceFile> inspect(List<String> paths, Optional<TraceFormat> format) {
    context.setJobDescription("inspect %d files".formatted(paths.size()));
    var configuration = context.broadcast(new SerializableConfiguration(hadoop));
    var stated = format.orElse(null);
    return context
        .parallelize(paths, Math.min(paths.size(), 8 * context.defaultParallelism()))
        .map(
            path ->
                SourceFinder.inspect(
                    path, Optional.ofNullable(stated), configuration.value().value()))
        .collect();
  }

  private Map<Long, SourceReport> load(IngestTarget target, SourceLedger.Work work) {
    context.setJobDescription("read %d files".formatted(work.fresh().size()));
    var reports = new SourceReports();
    spark.sparkContext().register(reports, "source reports");
    var rows = rows(target, work.fresh(), reports);
    var blocks = spark.createDataFrame(rows, RoutingTable.TABLE.schema());
    new SourceReplacement(spark).publish(blocks, work.staleIds());
    return new TreeMap<>(reports.value());
  }

  private JavaRDD<Row> rows(IngestTarget target, List<SourceFile> files, SourceReports reports) {
    var configuration = context.broadcast(new SerializableConfiguration(hadoop));
    // Files of a task are read one after the other; shuffled, so that large neighbours spread.
    var order = new ArrayList<>(files);
    Collections.shuffle(order, new Random(files.size()));
    int tasks = Math.max((files.size() - 1) / FILES_PER_TASK_AT_MOST + 1, tasksFor(files.size()));
    return context
        .parallelize(order, tasks)
        .flatMap(
            source -> {
              var blocks = new BlockRows(source, target, configuration.value().value(), reports);
              TaskCompletionListener close = done -> closeQuietly(blocks);
              TaskContext.get().addTaskCompletionListener(close);
              return blocks;
            });
  }

  private static void closeQuietly(BlockRows blocks) {
    try {
      blocks.close();
    } catch (IOException ignored) {
      // The task is over; what it read is written or will be read again.
    }
  }

  private int tasksFor(int files) {
    return Math.min(files, 8 * context.defaultParallelism());
  }

  private void append(String table, Row row) {
    try {
      spark.createDataFrame(List.of(row), spark.table(table).schema()).writeTo(table).append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static List<Ingested> ingested(
      IngestTarget target, SourceLedger.Work work, Map<Long, SourceReport> reports) {
    var result = new ArrayList<Ingested>();
    for (var source : work.fresh()) {
      var report = reports.get(work.idOf(target, source));
      result.add(new Ingested(SourceFile.display(source.path()), source.format().label(), report));
    }
    return result;
  }
}
