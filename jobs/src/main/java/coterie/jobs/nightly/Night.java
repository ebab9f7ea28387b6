package coterie.jobs.nightly;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeRequest;
import coterie.analytics.table.StatisticsTables;
import coterie.ingest.DayRule;
import coterie.ingest.Ingest;
import coterie.ingest.IngestReceipt;
import coterie.ingest.IngestRequest;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.lake.Lake;
import coterie.jobs.lake.Lease;
import coterie.jobs.lake.Selector;
import coterie.jobs.nightly.NightlyConfig.Source;
import coterie.jobs.nightly.StageReport.Status;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.SparkSession;

/**
 * One night: ingest, analyze, audit, plan, simulate, publish, export, retain.
 *
 * <p>All up to publishing happens on a branch that readers do not see. Each stage leaves alone what
 * is there already, so that a night may be run again, whole or after it was cut off anywhere.
 */
final class Night {

  private final Lake lake;
  private final SparkSession spark;
  private final NightlyConfig config;
  private final LocalDate night;
  private final RunLog log;
  private final Lease lease;
  private final Consumer<String> tell;
  private final NightBranch branch;
  private final List<StageReport> stages = new ArrayList<>();
  private final Map<String, Long> lostRecords = new TreeMap<>();
  private Optional<NightPlan.Decision> decision = Optional.empty();

  Night(
      Lake lake,
      NightlyConfig config,
      LocalDate night,
      RunLog log,
      Lease lease,
      NightBranch branch,
      Consumer<String> tell) {
    this.lake = lake;
    this.spark = lake.spark();
    this.config = config;
    this.night = night;
    this.log = log;
    this.lease = lease;
    this.branch = branch;
    this.tell = tell;
  }

  /** What a stage came to. */
  record Outcome(Status status, long rows, String decision) {

    static Outcome done(long rows, String decision) {
      return new Outcome(Status.DONE, rows, decision);
    }
  }

  /**
   * Runs the night.
   *
   * @throws NightFailed with the report so far
   */
  NightReport run() {
    try {
      branch.enter();
      try {
        stage("ingest", null, this::ingest);
        var model =
            new Selector(spark)
                .model(config.model().name(), Optional.of(config.model().revision()));
        lake.alone("statistics", () -> tell.accept("waits for another command"), () -> work(model));
      } finally {
        branch.leave();
      }
      export();
      retain();
      return report(Optional.empty());
    } catch (UserError wrong) {
      discard(wrong);
      throw new NightFailed(report(Optional.of(wrong.getMessage())), wrong);
    } catch (RuntimeException failure) {
      throw new NightFailed(report(Optional.of(root(failure))), failure);
    }
  }

  private void discard(UserError wrong) {
    try {
      branch.discard();
    } catch (RuntimeException alsoFailed) {
      // The next night drops what this one left; the first failure is the one to tell.
      wrong.addSuppressed(alsoFailed);
    }
  }

  private boolean work(ModelGeometry model) {
    stage("analyze", null, this::analyze);
    stage("audit", null, () -> audit(model));
    var planning = new NightPlan(spark, config, model, night, log);
    if (newest()) {
      stage("plan", planning.inputs(), planning::plan);
      if (planning.hasCandidate()) {
        stage("simulate", planning.inputs(), planning::simulate);
      }
      decision = planning.decision();
    }
    stage("publish", null, () -> publish(planning));
    return true;
  }

  private void stage(String name, String inputs, Supplier<Outcome> work) {
    tell.accept(name);
    var started = Instant.now();
    try {
      lease.requireHeld();
      var outcome = call(work);
      var report =
          new StageReport(
              name, outcome.status(), started, Instant.now(), outcome.rows(), outcome.decision());
      stages.add(report);
      log.write(night, report, inputs);
    } catch (RuntimeException failure) {
      var report = new StageReport(name, Status.FAILED, started, Instant.now(), 0, root(failure));
      stages.add(report);
      try {
        log.write(night, report, inputs);
      } catch (RuntimeException alsoFailed) {
        // Where the lake takes no more rows, the first failure is the one to tell.
        failure.addSuppressed(alsoFailed);
      }
      throw failure;
    }
  }

  /** To Hadoop a local disk that is full is an error of the machine, not an exception. */
  private static Outcome call(Supplier<Outcome> work) {
    try {
      return work.get();
    } catch (FSError disk) {
      throw new IllegalStateException(disk);
    }
  }

  private static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof UserError)) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("?");
  }

  private Outcome ingest() {
    long tokens = 0;
    int read = 0;
    int there = 0;
    for (var source : config.sources()) {
      var what = "facts of %s in %s".formatted(config.model().name(), source.dataset());
      var receipt =
          lake.alone(
              what,
              () -> tell.accept("waits for another command"),
              () -> new Ingest(spark).run(request(source)));
      if (receipt.nothingKept()) {
        throw UserError.data(
            "no token of %s fits model %s"
                .formatted(receipt.ingested().get(0).path(), config.model().name()),
            "coterie ingest of the file into a lake of its own says why");
      }
      countLost(source.dataset(), receipt);
      tokens += receipt.tokensKept();
      read += receipt.ingested().size();
      there += receipt.alreadyThere().size();
    }
    return Outcome.done(tokens, "%,d files read, %,d were there already".formatted(read, there));
  }

  private void countLost(String dataset, IngestReceipt receipt) {
    for (var file : receipt.ingested()) {
      if (file.report().recordsKept() == 0) {
        lostRecords.merge(dataset, file.report().recordsRejected(), Long::sum);
      }
    }
  }

  private IngestRequest request(Source source) {
    return new IngestRequest(
        source.pathsOf(night),
        source.format(),
        config.model().name(),
        config.model().revision(),
        config.model().file(),
        source.dataset(),
        Optional.of(new DayRule(night, null)),
        source.phase(),
        source.workload(),
        false,
        source.rows());
  }

  private Outcome analyze() {
    var receipt =
        new Analysis(spark)
            .run(
                new AnalyzeRequest(
                    Optional.of(config.model().name()),
                    config.datasets(),
                    Optional.empty(),
                    false));
    long rows = receipt.rows().values().stream().mapToLong(Long::longValue).sum();
    return Outcome.done(
        rows,
        "%,d of %,d days of data sets counted"
            .formatted(receipt.daysCounted(), receipt.daysPresent()));
  }

  private Outcome audit(ModelGeometry model) {
    long tokens = new Audit(spark, config, model, night, lostRecords).run();
    return Outcome.done(tokens, "the day has %,d tokens, all checks hold".formatted(tokens));
  }

  /** A night that is filled in later says nothing about the plan to use now. */
  private boolean newest() {
    var days =
        spark
            .table(StatisticsTables.EXPERT_LOAD.fullName())
            .where(
                col("model")
                    .equalTo(config.model().name())
                    .and(col("dataset").isInCollection(config.datasets())))
            .agg(max("day"))
            .collectAsList();
    return !((LocalDate) days.get(0).get(0)).isAfter(night);
  }

  private Outcome publish(NightPlan planning) {
    decision.ifPresent(planning::point);
    lease.requireHeld();
    int tables = branch.publish();
    return Outcome.done(
        tables,
        decision
            .map(NightPlan.Decision::reason)
            .orElse("no plan: the lake has younger days than " + night));
  }

  private void export() {
    var folder = config.export().folder();
    if (folder.isEmpty()) {
      return;
    }
    stage(
        "export",
        null,
        () -> {
          var plan = NightPlan.inUse(spark, config.name(), null);
          if (plan.isEmpty()) {
            return Outcome.done(0, "no plan is in use yet");
          }
          var header = plan.get().header();
          var model = new Selector(spark).model(header.model(), Optional.of(header.revision()));
          var files = new PlanFiles(folder.get(), spark.sparkContext().hadoopConfiguration());
          config
              .export()
              .formats()
              .forEach(format -> files.write(config.name(), format, plan.get(), model));
          int count = config.export().formats().size();
          return Outcome.done(count, "plan '%s' in %d formats".formatted(header.name(), count));
        });
  }

  private void retain() {
    var retention = config.retention();
    if (retention.factDays().isPresent() || retention.snapshotDays().isPresent()) {
      stage("retain", null, () -> new Retain(lake, config, night).run());
    }
  }

  private NightReport report(Optional<String> failure) {
    var plan =
        failure.isPresent()
            ? Optional.<String>empty()
            : NightPlan.inUse(spark, config.name(), null).map(p -> p.header().name());
    return new NightReport(
        night,
        stages,
        plan,
        failure.isEmpty() && decision.filter(NightPlan.Decision::publishes).isPresent(),
        decision.flatMap(NightPlan.Decision::gain).map(HeldOutGain::gain),
        failure);
  }
}
