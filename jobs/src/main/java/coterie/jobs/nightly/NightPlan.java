package coterie.jobs.nightly;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import coterie.analytics.table.CountedTable;
import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.nightly.StageReport.Status;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanDiff;
import coterie.jobs.plan.PlanMaker;
import coterie.jobs.plan.PlanRequest;
import coterie.jobs.plan.PlanStore;
import coterie.jobs.simulate.ReplayStore;
import coterie.jobs.simulate.SimulateJob;
import coterie.jobs.simulate.SimulateRequest;
import coterie.planner.algorithm.Goal;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/**
 * The plan of a night: made from the days before it, judged on its requests against the plan in
 * use, and published if it is better by more than chance and may be moved to.
 */
final class NightPlan {

  /** Of the judged blocks, how many may be in the planning data too: short answers repeat. */
  private static final double MOST_SHARED = 0.01;

  private static final int JUDGED_STEPS = 4_000;

  private final SparkSession spark;
  private final NightlyConfig config;
  private final ModelGeometry model;
  private final LocalDate night;
  private final RunLog log;
  private final PlanStore store;
  private final Optional<Plan> inUse;
  private final Selection planned;
  private final Selection judged;
  private final String inputs;
  private Optional<Plan> candidate = Optional.empty();
  private Optional<Decision> decision = Optional.empty();

  /**
   * Whether the plan in use changes.
   *
   * @param gain over the plan in use, where two were compared
   * @param slotsMoved to change plans, where two were compared
   * @param reason a sentence
   */
  record Decision(
      boolean publishes, Optional<HeldOutGain> gain, Optional<Integer> slotsMoved, String reason) {

    static Decision keeps(String reason) {
      return new Decision(false, Optional.empty(), Optional.empty(), reason);
    }
  }

  NightPlan(
      SparkSession spark, NightlyConfig config, ModelGeometry model, LocalDate night, RunLog log) {
    this.spark = spark;
    this.config = config;
    this.model = model;
    this.night = night;
    this.log = log;
    this.store = new PlanStore(spark);
    this.inUse = inUse(spark, config.name(), night);
    var all = new Selection(model, config.datasets(), config.planning().phase());
    var first = night.minusDays(config.planning().days());
    this.planned = withData(all.onDays(first, night.minusDays(1)));
    this.judged = withData(all.onDays(night, night));
    this.inputs = fingerprint();
  }

  /** Data sets of a selection that have sets of experts in it. */
  private Selection withData(Selection selection) {
    var datasets =
        spark
            .table(StatisticsTables.EXPERT_SET.fullName())
            .where(selection.condition())
            .select("dataset")
            .distinct()
            .orderBy("dataset")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    return selection.of(datasets);
  }

  /**
   * The plan that a deployment uses.
   *
   * @param before of nights before this one only; null for the latest
   */
  static Optional<Plan> inUse(SparkSession spark, String name, LocalDate before) {
    var store = new PlanStore(spark);
    return spark
        .table(NightlyTables.PUBLISHED.fullName())
        .where(col("name").equalTo(name))
        .where(before == null ? lit(true) : col("night").lt(before))
        .orderBy(col("night").desc())
        .limit(1)
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs("plan"))
        .filter(store::exists)
        .map(store::load)
        .findFirst();
  }

  /** Of all that the plan and its verdict depend on. */
  private String fingerprint() {
    var text = new StringBuilder();
    text.append(config.cluster()).append(config.mix()).append(config.planning());
    text.append(config.publishing()).append(model);
    text.append(inUse.map(plan -> plan.header() + "" + plan.layers().hashCode()));
    spark
        .table(CountedTable.TABLE.fullName())
        .where(
            col("model")
                .equalTo(model.name())
                .and(col("dataset").isInCollection(config.datasets()))
                .and(col("day").between(night.minusDays(config.planning().days()), night)))
        .orderBy("dataset", "day")
        .collectAsList()
        .forEach(row -> text.append(row));
    try {
      var hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  String inputs() {
    return inputs;
  }

  boolean hasCandidate() {
    return candidate.isPresent();
  }

  Optional<Decision> decision() {
    return decision;
  }

  /** Other inputs make another plan: one that is in use never changes under its name. */
  private String name() {
    return "%s-%s-%s".formatted(config.name(), night, inputs.substring(0, 6));
  }

  Night.Outcome plan() {
    if (planned.datasets().isEmpty()) {
      return keep(
          "no plan: no day from %s to %s to make one from, %s stays held out"
              .formatted(night.minusDays(config.planning().days()), night.minusDays(1), night));
    }
    if (judged.datasets().isEmpty()) {
      return keep(
          "no plan: no sets of experts of phase %s on %s to judge one on"
              .formatted(config.planning().phase(), night));
    }
    if (store.exists(name()) && log.decision(night, "plan", inputs).isPresent()) {
      candidate = Optional.of(store.load(name()));
      return new Night.Outcome(Status.KEPT, model.moeLayers().size(), "plan '" + name() + "'");
    }
    var made = PlanMaker.planAndSave(spark, request());
    candidate = Optional.of(store.load(name()));
    return Night.Outcome.done(
        made.layers().size(),
        "plan '%s' from %s%s"
            .formatted(
                name(),
                String.join(", ", planned.datasets()),
                made.note().map(note -> ";" + note.lines().findFirst().orElse("")).orElse("")));
  }

  private Night.Outcome keep(String reason) {
    decision = Optional.of(Decision.keeps(reason));
    return Night.Outcome.done(0, reason);
  }

  private PlanRequest request() {
    var how = config.planning();
    var goal = Goal.ofMix(config.mix());
    if (how.mostImbalance().isPresent()) {
      goal = goal.withMostImbalance(how.mostImbalance().get());
    }
    var current = inUse.filter(this::sameCluster);
    if (how.mostMovedSlots().isPresent() && current.isPresent()) {
      goal = goal.withMostMovedSlots(how.mostMovedSlots().get());
    }
    return new PlanRequest(
        name(),
        planned,
        List.of(),
        config.cluster(),
        goal,
        false,
        current,
        how.planner(),
        how.router(),
        how.steps(),
        how.proposals(),
        1,
        how.seed());
  }

  /** Only a plan for the same slots can be moved from, slot by slot. */
  private boolean sameCluster(Plan plan) {
    return plan.header().model().equals(model.name())
        && plan.header().revision().equals(model.revision())
        && plan.layers().keySet().equals(new TreeSet<>(model.moeLayers()))
        && plan.layers().values().stream().allMatch(p -> p.cluster().equals(config.cluster()));
  }

  Night.Outcome simulate() {
    var plan = candidate.orElseThrow();
    var plans = new ArrayList<Plan>(List.of(plan));
    var rival = inUse.filter(this::comparable);
    rival.ifPresent(plans::add);
    var request =
        new SimulateRequest(
            plans,
            judged,
            config.batches(),
            List.of(config.planning().router()),
            HardwareProfile.H100,
            JUDGED_STEPS,
            config.planning().seed() + 1);
    long shared = new Selector(spark).sharedBlocks(planned, judged);
    long blocks = blocks(judged);
    boolean heldOut = shared <= MOST_SHARED * blocks;
    var replay = new ReplayStore(spark);
    boolean there = replay.holds(name()) && log.decision(night, "simulate", inputs).isPresent();
    if (!there) {
      var verdicts = new SimulateJob(spark).run(request);
      replay.replace(
          name(), request, verdicts, heldOut ? List.of() : List.of(plan.header().name()));
    }
    decision =
        Optional.of(
            heldOut
                ? decide(plan, rival)
                : Decision.keeps(
                    "kept the plan in use: %,d of %,d judged blocks are in the planning data too"
                        .formatted(shared, blocks)));
    return new Night.Outcome(
        there ? Status.KEPT : Status.DONE,
        (long) plans.size() * config.batches().size() * model.moeLayers().size(),
        decision.get().reason());
  }

  private long blocks(Selection selection) {
    return spark.table(RoutingTable.TABLE.fullName()).where(selection.condition()).count();
  }

  /** Costs are those of the busiest of as many GPUs. */
  private boolean comparable(Plan plan) {
    return plan.header().model().equals(model.name())
        && plan.header().revision().equals(model.revision())
        && plan.header().cluster().gpus() == config.cluster().gpus()
        && plan.layers().keySet().equals(new TreeSet<>(model.moeLayers()));
  }

  private Decision decide(Plan plan, Optional<Plan> rival) {
    if (rival.isEmpty()) {
      var why =
          inUse
              .map(p -> "the plan in use is for another model or number of GPUs")
              .orElse("no plan was in use");
      return new Decision(
          true,
          Optional.empty(),
          Optional.empty(),
          "published '%s': %s".formatted(plan.header().name(), why));
    }
    var old = rival.get();
    var gain =
        HeldOutGain.of(
            spark,
            judged,
            old,
            plan,
            config.mix(),
            config.planning().router(),
            config.planning().seed());
    int moved = PlanDiff.of(old, plan).moved();
    var obstacle = obstacle(gain, moved);
    var reason =
        obstacle.isEmpty()
            ? "published '%s': %s over '%s', %,d slots move"
                .formatted(plan.header().name(), gain.text(), old.header().name(), moved)
            : "kept '%s': %s".formatted(old.header().name(), obstacle.get());
    return new Decision(obstacle.isEmpty(), Optional.of(gain), Optional.of(moved), reason);
  }

  private Optional<String> obstacle(HeldOutGain gain, int moved) {
    double least = config.publishing().leastGain();
    if (!(gain.low() > least)) {
      return Optional.of(
          "the new plan saves %s, not surely more than publish.min_gain %s"
              .formatted(gain.text(), least));
    }
    var limit = config.publishing().mostMovedBytes();
    if (limit.isEmpty()) {
      return Optional.empty();
    }
    if (model.size().isEmpty()) {
      return Optional.of(
          "publish.max_moved_bytes is set, and the size of an expert of %s is not known"
              .formatted(model.name()));
    }
    var size = model.size().get();
    double bytes =
        moved * new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight()).bytes();
    return bytes > limit.get()
        ? Optional.of(
            "the new plan saves %s but moves %,.0f bytes, publish.max_moved_bytes is %,d"
                .formatted(gain.text(), bytes, limit.get()))
        : Optional.empty();
  }

  /** Makes the decision that of the night, once the branch is published. */
  void point(Decision decided) {
    var table = NightlyTables.PUBLISHED;
    var ofNight = col("name").equalTo(config.name()).and(col("night").equalTo(night));
    var before =
        spark.table(table.fullName()).where(ofNight).select("plan").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    var after =
        decided.publishes() ? List.of(candidate.orElseThrow().header().name()) : List.<String>of();
    if (before.equals(after)) {
      return;
    }
    try {
      spark
          .createDataFrame(after.stream().map(plan -> row(plan, decided)).toList(), table.schema())
          .coalesce(1)
          .writeTo(table.fullName())
          .overwrite(ofNight);
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private Row row(String plan, Decision decided) {
    return RowFactory.create(
        config.name(),
        night,
        plan,
        model.name(),
        model.revision(),
        inUse.map(old -> old.header().name()).orElse(null),
        decided.gain().map(HeldOutGain::gain).orElse(null),
        decided.gain().map(HeldOutGain::low).orElse(null),
        decided.slotsMoved().map(Integer::longValue).orElse(null),
        Instant.now());
  }
}
