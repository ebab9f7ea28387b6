package coterie.jobs.simulate;

import coterie.jobs.lake.Selection;
import coterie.planner.model.Attention;
import coterie.planner.replay.Cause;
import coterie.planner.replay.Interval;
import coterie.planner.replay.LinkClass;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Writes lines of comparisons to {@code request_replay}. */
public final class RequestReplayStore {

  private static final double NANOS = 1e9;

  private final SparkSession spark;

  public RequestReplayStore(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * The lines of one command as rows of {@link RequestReplayTable}.
   *
   * @param notHeldOut plans that were made from some of these tokens
   */
  public static List<Row> rows(
      String command,
      Selection data,
      LoopRequest request,
      List<LoopResults.Line> lines,
      List<String> notHeldOut) {
    var run = UUID.randomUUID().toString();
    var now = Instant.now();
    return lines.stream()
        .map(
            line -> {
              boolean heldOut = !notHeldOut.contains(line.contender().name());
              return row(run, now, command, data, request, line, heldOut);
            })
        .toList();
  }

  /** Appends rows. */
  public void append(List<Row> rows) {
    try {
      spark
          .createDataFrame(rows, RequestReplayTable.TABLE.schema())
          .coalesce(1)
          .writeTo(RequestReplayTable.TABLE.fullName())
          .append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static Row row(
      String run,
      Instant now,
      String command,
      Selection data,
      LoopRequest request,
      LoopResults.Line line,
      boolean heldOut) {
    var group = line.group();
    var contender = line.contender();
    var outcome = line.outcome();
    var totals = outcome.totals();
    var profile = request.profiles().get(group.profile());
    double layers = request.model().moeLayers().size() / NANOS;
    boolean dataParallel = group.router().attention() == Attention.DATA_PARALLEL;
    return RowFactory.create(
        run,
        now,
        command,
        contender.name(),
        contender.planner(),
        data.model().name(),
        data.model().revision(),
        data.datasets().toArray(),
        heldOut,
        request.kind().label(),
        group.inFlight(),
        request.kind() == LoopKind.OPEN ? request.arrivalsPerSecond() : null,
        group.router().label(),
        LoopResults.words(group.router().attention()),
        profile.attention().measured() && dataParallel,
        profile.name(),
        group.gpus(),
        contender.slotsPerGpu(),
        contender.shards(),
        group.groups(),
        group.allocator(),
        outcome.requests(),
        outcome.steps(),
        outcome.tokens(),
        outcome.tokensPerSecond(),
        outcome.tokensPerSecond() / (group.gpus() * group.groups()),
        outcome.tpotSeconds(),
        known(line.tpot().low()),
        known(line.tpot().high()),
        layers * totals.meanMoeNanos(),
        layers * totals.meanNanos(Cause.ATTENTION),
        layers * totals.meanNanos(Cause.DISPATCH),
        layers * totals.meanNanos(Cause.MOE_WEIGHTS),
        layers * totals.meanNanos(Cause.MOE_COMPUTE),
        layers * totals.meanNanos(Cause.SHARED_EXPERTS),
        layers * totals.meanNanos(Cause.COMBINE),
        layers * totals.meanNanos(Cause.OVERLAP),
        known(outcome.tpot().p50()),
        known(outcome.tpot().p95()),
        known(outcome.tpot().p99()),
        known(outcome.latency().p50()),
        known(outcome.latency().p95()),
        known(outcome.latency().p99()),
        known(outcome.ttft().p50()),
        known(outcome.ttft().p95()),
        known(outcome.ttft().p99()),
        totals.meanDistinctExperts(),
        totals.meanMostCopies(),
        totals.meanCertificate(),
        totals.imbalance(),
        totals.meanBytes(LinkClass.NVLINK),
        totals.meanBytes(LinkClass.NETWORK),
        value(line.savedOverEplb()),
        low(line.savedOverEplb()),
        high(line.savedOverEplb()),
        value(line.savedOverBest()),
        low(line.savedOverBest()),
        high(line.savedOverBest()),
        request.seed());
  }

  private static Double value(Optional<Interval> interval) {
    return interval.map(Interval::value).orElse(null);
  }

  private static Double low(Optional<Interval> interval) {
    return interval.map(i -> known(i.low())).orElse(null);
  }

  private static Double high(Optional<Interval> interval) {
    return interval.map(i -> known(i.high())).orElse(null);
  }

  private static Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
