package coterie.jobs.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.lake.Selection;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanStore;
import coterie.jobs.plan.PlanTables;
import coterie.planner.profile.ExpertShape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Everything that the page shows of one model. */
final class ModelReport {

  /** Plans and data sets on a page; more cannot be told apart. */
  private static final int MAX_PLANS = 8;

  private static final int MAX_DATASETS = 8;
  private static final String DECODE = "decode";

  private final SparkSession spark;
  private final ModelGeometry model;
  private final Optional<String> todayName;

  ModelReport(SparkSession spark, ModelGeometry model, Optional<String> todayName) {
    this.spark = spark;
    this.model = model;
    this.todayName = todayName;
  }

  ObjectNode json() {
    var judgement = Judgement.newest(spark, model);
    var all = plans(judgement);
    var today = TodayPlan.among(all, todayName);
    var plans = shown(all, today);
    var json = shape();
    json.put("today", today.map(plan -> plan.header().name()).orElse(null));
    json.put("plansLeftOut", all.size() - plans.size());
    json.set("plans", new PlansSection(today).of(plans));
    judgement.ifPresent(judged -> json.set("judged", judged(judged, plans)));
    statistics(json, judgement, plans);
    json.set("sweep", SweepSection.of(spark, model));
    json.set("sources", OriginSection.sources(spark, model));
    return json;
  }

  private ObjectNode shape() {
    var json = Figures.object();
    json.put("name", model.name())
        .put("revision", model.revision())
        .put("experts", model.experts())
        .put("topK", model.topK())
        .put("sharedExperts", model.sharedExperts());
    json.set("layers", Figures.integers(model.moeLayers()));
    json.set("expertBytes", Figures.of(expertBytes()));
    return json;
  }

  private double expertBytes() {
    return model
        .size()
        .map(size -> new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight()))
        .map(ExpertShape::bytes)
        .orElse(Double.NaN);
  }

  /** Plans judged last; if none was, the newest ones. */
  private List<Plan> plans(Optional<Judgement> judgement) {
    var store = new PlanStore(spark);
    var stored =
        spark
            .table(PlanTables.PLAN.fullName())
            .where(col("model").equalTo(model.name()))
            .where(col("revision").equalTo(model.revision()))
            .orderBy(col("created_at").desc(), col("plan"))
            .select("plan")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    var wanted =
        judgement
            .map(judged -> judged.plans().stream().filter(stored::contains).toList())
            .orElseGet(() -> stored.stream().limit(MAX_PLANS).toList());
    return wanted.stream().map(store::load).toList();
  }

  private static List<Plan> shown(List<Plan> all, Optional<Plan> today) {
    var first = new LinkedHashSet<Plan>(today.stream().toList());
    first.addAll(all);
    return first.stream().limit(MAX_PLANS).toList();
  }

  private ObjectNode judged(Judgement judgement, List<Plan> plans) {
    var names = plans.stream().map(plan -> plan.header().name()).toList();
    var conditions = judgement.conditions();
    var json = Figures.object();
    json.put("phase", conditions.phase())
        .put("sampler", conditions.sampler())
        .put("seed", conditions.seed())
        .put("hardware", conditions.hardware())
        .put("at", judgement.at().toString());
    json.set("datasets", Figures.texts(conditions.datasets()));
    json.set("inSample", Figures.texts(judgement.inSample().stream().sorted().toList()));
    var rows = judgement.rows().stream().filter(row -> names.contains(row.plan())).toList();
    json.set("verdicts", new VerdictSection(model, conditions.hardware()).of(rows));
    return json;
  }

  private void statistics(ObjectNode json, Optional<Judgement> judgement, List<Plan> plans) {
    var counted = counted();
    var phase = phase(judgement, counted);
    var judged = judgement.map(j -> j.conditions().datasets()).orElse(List.of());
    var datasets = order(judged, plans, counted);
    json.put("phase", phase);
    json.set("loads", new LoadSection(spark, model).of(datasets, phase));
    json.set("unions", UnionsSection.of(spark, new Selection(model, datasets, phase)));
    json.set("drift", DriftSection.of(spark, model, phase));
    var paired = judged.isEmpty() ? datasets.stream().limit(1).toList() : judged;
    var counts = PairCounts.of(spark, new Selection(model, paired, phase));
    var pairs = new PairsSection(counts).of(plans);
    pairs.set("datasets", Figures.texts(paired));
    json.set("pairs", pairs);
  }

  private record Counted(String dataset, String phase) {}

  private List<Counted> counted() {
    return spark
        .table(StatisticsTables.EXPERT_LOAD.fullName())
        .where(col("model").equalTo(model.name()))
        .where(col("revision").equalTo(model.revision()))
        .select("dataset", "phase")
        .distinct()
        .orderBy("dataset", "phase")
        .collectAsList()
        .stream()
        .map(row -> new Counted(row.getString(0), row.getString(1)))
        .toList();
  }

  /** Statistics are of one phase: the one judged, else decode, else whichever there is. */
  private static String phase(Optional<Judgement> judgement, List<Counted> counted) {
    var present = counted.stream().map(Counted::phase).toList();
    return Stream.concat(
            judgement.stream().map(judged -> judged.conditions().phase()), Stream.of(DECODE))
        .filter(present::contains)
        .findFirst()
        .orElse(present.isEmpty() ? DECODE : present.get(0));
  }

  /** Data sets judged on first, then those planned on, then the others. */
  private static List<String> order(List<String> judged, List<Plan> plans, List<Counted> counted) {
    var names = new LinkedHashSet<String>(judged);
    plans.forEach(plan -> names.addAll(plan.header().datasets()));
    counted.forEach(leaf -> names.add(leaf.dataset()));
    return new ArrayList<>(names).stream().limit(MAX_DATASETS).toList();
  }
}
