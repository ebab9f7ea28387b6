package coterie.ingest;

import coterie.ingest.IngestReceipt.Ingested;
import coterie.ingest.block.SourceReport;
import coterie.ingest.error.UserError;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.table.ModelTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads traces into the lake.
 *
 * <p>Nothing twice: a file whose content is there already is passed over; a file whose content
 * changed replaces its own blocks. Nothing half: the blocks of a run become visible in one
 * snapshot, and a file counts as ingested only once its row in {@code source} is written, which is
 * last. A run that was killed in between is made good by the next one.
 */
public final class Ingest {

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
    var inspected = inspect(SourceFinder.find(request.paths(), hadoop), request);
    var recognised = inspected.stream().filter(source -> source.format() != null).toList();
    if (recognised.isEmpty()) {
      throw unrecognised(inspected.get(0));
    }
    if (request.strict() && recognised.size() < inspected.size()) {
      throw unrecognised(inspected.stream().filter(s -> s.format() == null).findFirst().get());
    }
    var resolved = new ModelRegistry(spark, hadoop).resolve(request, recognised);
    var target =
        new IngestTarget(
            resolved.model(),
            request.dataset(),
            request.phase().orElse(null),
            request.workload().orElse(null));
    var work = ledger.compare(target, recognised);
    var load = new SourceLoad(spark, target);
    if (request.strict()) {
      load.requireSound(work.fresh());
    }
    var reports = work.fresh().isEmpty() ? Map.<Long, SourceReport>of() : load.run(work);
    boolean kept = reports.values().stream().anyMatch(report -> report.tokensKept() > 0);
    if (kept && !resolved.inLake()) {
      append(ModelTable.TABLE.fullName(), ModelTable.toRow(resolved.model()));
    }
    new ActivationRows(spark, target).follow(request.rows(), reports.keySet());
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

  private static UserError unrecognised(SourceFile source) {
    return UserError.data(
        "cannot tell the format of '%s'".formatted(SourceFile.display(source.path())),
        "give --format, one of: " + formats());
  }

  private static String formats() {
    return String.join(", ", Arrays.stream(TraceFormat.values()).map(TraceFormat::label).toList());
  }

  private List<SourceFile> inspect(List<SourceFinder.Found> found, IngestRequest request) {
    context.setJobDescription("inspect %d files".formatted(found.size()));
    var configuration = context.broadcast(new SerializableConfiguration(hadoop));
    var stated = request.format().orElse(null);
    var sources =
        context
            .parallelize(found, Math.min(found.size(), 8 * context.defaultParallelism()))
            .map(
                one ->
                    SourceFinder.inspect(
                        one, Optional.ofNullable(stated), configuration.value().value()))
            .collect();
    return request
        .day()
        .map(rule -> sources.stream().map(s -> s.onDay(rule.of(s.path()))).toList())
        .orElse(sources);
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
      var report = reports.get(source.id(target));
      result.add(new Ingested(SourceFile.display(source.path()), source.format().label(), report));
    }
    return result;
  }
}
