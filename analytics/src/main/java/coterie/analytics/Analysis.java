package coterie.analytics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import coterie.analytics.DayLedger.Counted;
import coterie.analytics.compare.Bootstrap;
import coterie.analytics.compare.Compare;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.table.DriftTable;
import coterie.analytics.table.SimilarityTable;
import coterie.analytics.table.StatisticsTables;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Keeps the statistics those of the facts.
 *
 * <p>What is counted at a time is a day of a data set: its statistics depend on its facts alone, so
 * a new day leaves those of all others as they are, and what comes out is what counting everything
 * again would give. Each table changes in one snapshot.
 */
public final class Analysis {

  private final SparkSession spark;
  private final Compute compute;
  private final DayLedger ledger;

  /** By kernels. */
  public Analysis(SparkSession spark) {
    this(spark, Compute.KERNEL);
  }

  public Analysis(SparkSession spark, Compute compute) {
    this.spark = spark;
    this.compute = compute;
    this.ledger = new DayLedger(spark);
  }

  /** Counts what changed; an empty receipt says that there is nothing to count. */
  public AnalyzeReceipt run(AnalyzeRequest request) {
    var scope = scope(request);
    var facts = new Facts(spark);
    var before = ledger.counted(scope);
    var present = new LinkedHashMap<DataDay, Counted>();
    ledger
        .present(facts, scope)
        .forEach(
            (day, content) ->
                present.put(day, new Counted(content, settings(request, before, day))));
    var gone = before.keySet().stream().filter(day -> !present.containsKey(day)).toList();
    var changed = new LinkedHashMap<>(present);
    if (!request.recount()) {
      changed.entrySet().removeIf(entry -> entry.getValue().equals(before.get(entry.getKey())));
    }
    var work = new Work(facts);
    work.clearComparisons(models(gone, changed.keySet()));
    work.remove(gone);
    changed.values().stream()
        .map(Counted::settings)
        .distinct()
        .forEach(settings -> work.count(ofSettings(changed, settings), settings));
    work.compare(present);
    return new AnalyzeReceipt(
        work.leaves, work.countLeaves, present.size(), changed.size(), gone.size(), work.rows);
  }

  private static Set<String> models(Collection<DataDay> gone, Collection<DataDay> changed) {
    return Stream.concat(gone.stream(), changed.stream())
        .map(DataDay::model)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Column scope(AnalyzeRequest request) {
    var scope = request.model().map(model -> col("model").equalTo(model)).orElse(lit(true));
    return request.datasets().isEmpty()
        ? scope
        : scope.and(col("dataset").isInCollection(request.datasets()));
  }

  private static AnalyzeSettings settings(
      AnalyzeRequest request, Map<DataDay, Counted> before, DataDay day) {
    return request
        .settings()
        .or(() -> DayLedger.settings(before, day.model(), day.dataset()))
        .orElse(AnalyzeSettings.DEFAULT);
  }

  private static Map<DataDay, Counted> ofSettings(
      Map<DataDay, Counted> days, AnalyzeSettings settings) {
    var own = new LinkedHashMap<>(days);
    own.values().removeIf(counted -> !counted.settings().equals(settings));
    return own;
  }

  /** One run: what it found on its way. */
  private final class Work {

    private final Facts facts;
    private final JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    private final Map<Leaf, LeafPlan> leaves = new LinkedHashMap<>();
    private final Map<Leaf, LeafPlan> countLeaves = new LinkedHashMap<>();
    private final Map<String, Long> rows = new LinkedHashMap<>();

    Work(Facts facts) {
      this.facts = facts;
    }

    void remove(Collection<DataDay> gone) {
      if (!gone.isEmpty()) {
        ledger.clear(gone);
        var writer = new StatisticsWriter(spark, DataDay.any(gone));
        StatisticsTables.OF_DAYS.forEach(writer::clear);
      }
    }

    void count(Map<DataDay, Counted> days, AnalyzeSettings settings) {
      var where = DataDay.any(days.keySet());
      var planner = new LeafPlanner(facts.models(), settings);
      context.setJobDescription("count tokens");
      var plans = planner.ofBlocks(facts.blocks().where(where));
      var passPlans = planner.ofPasses(facts.passes().where(where));
      for (var batch : DayBatches.of(days.keySet(), plans)) {
        ledger.clear(batch);
        count(batch, in(plans, batch), in(passPlans, batch), settings);
        var done = new LinkedHashMap<>(days);
        done.keySet().retainAll(batch);
        ledger.record(done);
      }
      leaves.putAll(plans);
      countLeaves.putAll(passPlans);
    }

    private void count(
        Set<DataDay> days,
        Map<Leaf, LeafPlan> plans,
        Map<Leaf, LeafPlan> passPlans,
        AnalyzeSettings settings) {
      var where = DataDay.any(days);
      var writer = new StatisticsWriter(spark, where);
      if (compute.bySql()) {
        SqlPass.run(spark, facts, where, plans, settings, compute.engine(), writer);
        writer.written().forEach((table, written) -> rows.merge(table, written, Long::sum));
        return;
      }
      var pass = Pass.over(context, facts.blocks().where(where), plans, settings);
      var counted = CountPass.run(pass, facts.passes().where(where), passPlans, writer);
      var pairs = spark.table(StatisticsTables.COACTIVATION.fullName()).where(where);
      SubsetPass.run(pass, counted, pairs, writer);
      SamplePass.run(pass, counted, writer);
      writer.written().forEach((table, written) -> rows.merge(table, written, Long::sum));
    }

    /** They are of facts that change now; should this run end early, the next one makes them. */
    void clearComparisons(Set<String> models) {
      if (!models.isEmpty()) {
        var writer = new StatisticsWriter(spark, col("model").isInCollection(models));
        StatisticsTables.OF_MODELS.forEach(writer::clear);
      }
    }

    /** Compares the models that have no comparisons. */
    void compare(Map<DataDay, Counted> present) {
      var settings = new TreeMap<String, AnalyzeSettings>();
      present.forEach((day, counted) -> settings.putIfAbsent(day.model(), counted.settings()));
      settings.keySet().removeAll(compared());
      settings.forEach(this::compare);
    }

    private void compare(String model, AnalyzeSettings settings) {
      var where = col("model").equalTo(model);
      var writer = new StatisticsWriter(spark, where);
      var compare = new Compare(spark, where, settings.topExperts());
      context.setJobDescription("compare days, data sets and workloads");
      compare.similarity().ifPresent(rows -> writer.write(SimilarityTable.TABLE, rows));
      compare
          .drift(new Bootstrap(settings.seed(), settings.replicates()))
          .ifPresent(rows -> writer.write(DriftTable.TABLE, rows));
      writer.written().forEach((table, written) -> rows.merge(table, written, Long::sum));
    }

    private Set<String> compared() {
      return spark
          .table(DriftTable.TABLE.fullName())
          .select("model")
          .distinct()
          .collectAsList()
          .stream()
          .map(row -> row.getString(0))
          .collect(Collectors.toSet());
    }

    private Map<Leaf, LeafPlan> in(Map<Leaf, LeafPlan> plans, Set<DataDay> days) {
      return plans.entrySet().stream()
          .filter(entry -> days.contains(DataDay.of(entry.getKey())))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
  }
}
