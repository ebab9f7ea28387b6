package coterie.jobs.plan;

import static org.apache.spark.sql.functions.col;

import coterie.ingest.error.UserError;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.types.StructType;

/** Plans in the lake, by name. */
public final class PlanStore {

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

  private final SparkSession spark;

  public PlanStore(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Refuses a name that no plan can have.
   *
   * @throws UserError naming the name
   */
  public static void requireName(String name) {
    if (!name.matches(NAME)) {
      throw UserError.usage(
          "'%s' is no name for a plan".formatted(name),
          "letters, digits, '.', '_' and '-', at most 100, beginning with a letter or digit");
    }
  }

  public boolean exists(String name) {
    return !spark.table(PlanTables.PLAN.fullName()).where(col("plan").equalTo(name)).isEmpty();
  }

  /**
   * Refuses a name that a plan has already, unless it is to be replaced.
   *
   * @throws UserError naming the plan
   */
  public void requireFree(String name, boolean replace) {
    if (!replace && exists(name)) {
      throw UserError.usage(
          "the lake has a plan '%s' already".formatted(name), "give another --name, or --replace");
    }
  }

  /** Names of all plans, in order. */
  public List<String> names() {
    return spark
        .table(PlanTables.PLAN.fullName())
        .select("plan")
        .orderBy("plan")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /** Stores a plan; an older one of the same name goes first. */
  public void save(Plan.Header header, List<PlannedLayer> layers) {
    for (var table : PlanTables.ALL) {
      spark
          .table(table.fullName())
          .where(col("plan").equalTo(header.name()))
          .limit(1)
          .collectAsList()
          .forEach(stale -> delete(table.fullName(), header.name()));
    }
    var layerRows = layers.stream().map(layer -> row(header.name(), layer)).toList();
    append(PlanTables.PLAN_LAYER.fullName(), PlanTables.PLAN_LAYER.schema(), layerRows);
    append(PlanTables.PLAN.fullName(), PlanTables.PLAN.schema(), List.of(row(header)));
  }

  /**
   * Stores a plan that was made elsewhere: its layers have no costs.
   *
   * @throws UserError if its GPUs or layers have different numbers of slots, which no table holds
   */
  public void save(Plan plan) {
    var cluster = plan.header().cluster();
    for (var layer : plan.layers().entrySet()) {
      if (!cluster.even() || !layer.getValue().cluster().equals(cluster)) {
        throw UserError.data(
            "layer %d of plan '%s' has %s"
                .formatted(layer.getKey(), plan.header().name(), layer.getValue().cluster()),
            "a lake stores plans with as many slots on every GPU and in every layer");
      }
    }
    var layers =
        plan.layers().entrySet().stream()
            .map(layer -> PlannedLayer.unpriced(layer.getKey(), layer.getValue()))
            .toList();
    save(plan.header(), layers);
  }

  private void delete(String table, String plan) {
    // The name was checked when it was given: it holds no quote.
    spark.sql("DELETE FROM %s WHERE plan = '%s'".formatted(table, plan));
  }

  private void append(String table, StructType schema, List<Row> rows) {
    try {
      spark.createDataFrame(rows, schema).coalesce(1).writeTo(table).append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static Row row(String plan, PlannedLayer layer) {
    var slots = Arrays.stream(layer.slots()).boxed().toArray();
    var costs =
        layer.costs().stream()
            .map(cost -> RowFactory.create(cost.batch(), cost.experts(), cost.certificate()))
            .toArray();
    return RowFactory.create(plan, layer.layer(), slots, costs, layer.imbalance());
  }

  private static Row row(Plan.Header header) {
    return RowFactory.create(
        header.name(),
        header.model(),
        header.revision(),
        header.datasets().toArray(),
        header.phase(),
        header.cluster().gpus(),
        header.cluster().slotsPerGpu(),
        header.batches().toArray(),
        header.planner(),
        header.router(),
        header.seed(),
        header.stepsPerBatch(),
        header.proposals(),
        Instant.now());
  }

  /**
   * The plan of this name.
   *
   * @throws UserError if there is none
   */
  public Plan load(String name) {
    var headers =
        spark.table(PlanTables.PLAN.fullName()).where(col("plan").equalTo(name)).collectAsList();
    if (headers.isEmpty()) {
      var names = names();
      throw UserError.usage(
          "the lake has no plan '%s'".formatted(name),
          names.isEmpty() ? "coterie plan makes one" : "it has: " + String.join(", ", names));
    }
    var header = header(headers.get(0));
    int experts = 0;
    var rows =
        spark
            .table(PlanTables.PLAN_LAYER.fullName())
            .where(col("plan").equalTo(name))
            .select("layer", "slots")
            .collectAsList();
    for (Row row : rows) {
      for (int expert : row.<Integer>getList(1)) {
        experts = Math.max(experts, expert + 1);
      }
    }
    var layers = new TreeMap<Integer, Placement>();
    for (Row row : rows) {
      var slots = row.<Integer>getList(1).stream().mapToInt(Integer::intValue).toArray();
      layers.put(row.getInt(0), Placement.of(header.cluster(), experts, slots));
    }
    return new Plan(header, layers);
  }

  private static Plan.Header header(Row row) {
    return new Plan.Header(
        row.getAs("plan"),
        row.getAs("model"),
        row.getAs("revision"),
        row.getList(row.fieldIndex("datasets")),
        row.getAs("phase"),
        new Cluster(row.<Integer>getAs("gpus"), row.<Integer>getAs("slots_per_gpu")),
        row.getList(row.fieldIndex("batches")),
        row.getAs("planner"),
        row.getAs("router"),
        row.<Long>getAs("seed"),
        row.<Integer>getAs("steps"),
        row.<Long>getAs("proposals"));
  }
}
