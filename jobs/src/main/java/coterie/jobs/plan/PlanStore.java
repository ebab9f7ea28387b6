package coterie.jobs.plan;

import static org.apache.spark.sql.functions.col;

import coterie.ingest.error.UserError;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
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
    boolean even =
        layers.stream().allMatch(layer -> layer.placement().cluster().equals(header.cluster()))
            && header.cluster().even();
    var layerRows = layers.stream().map(layer -> row(header.name(), layer)).toList();
    append(PlanTables.PLAN_LAYER.fullName(), PlanTables.PLAN_LAYER.schema(), layerRows);
    append(PlanTables.PLAN.fullName(), PlanTables.PLAN.schema(), List.of(row(header, even)));
  }

  /** Stores a plan that was made elsewhere: its layers have no costs. */
  public void save(Plan plan) {
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
    var cluster = layer.placement().cluster();
    var slots = Arrays.stream(layer.placement().toArray()).boxed().toArray();
    var slotsOfGpu = IntStream.range(0, cluster.gpus()).mapToObj(cluster::slotsOf).toArray();
    var costs =
        layer.costs().stream()
            .map(cost -> RowFactory.create(cost.batch(), cost.experts(), cost.certificate()))
            .toArray();
    return RowFactory.create(plan, layer.layer(), slots, slotsOfGpu, costs, layer.imbalance());
  }

  private static Row row(Plan.Header header, boolean even) {
    return RowFactory.create(
        header.name(),
        header.model(),
        header.revision(),
        header.datasets().toArray(),
        header.phase(),
        header.cluster().nodes(),
        header.cluster().gpus(),
        even ? header.cluster().slotsPerGpu() : null,
        header.batches().toArray(),
        header.planner(),
        header.router(),
        header.goal(),
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
    int experts = 0;
    var rows =
        spark
            .table(PlanTables.PLAN_LAYER.fullName())
            .where(col("plan").equalTo(name))
            .select("layer", "slots", "slots_of_gpu")
            .orderBy("layer")
            .collectAsList();
    for (Row row : rows) {
      for (int expert : row.<Integer>getList(1)) {
        experts = Math.max(experts, expert + 1);
      }
    }
    int nodes = headers.get(0).<Integer>getAs("nodes");
    var layers = new TreeMap<Integer, Placement>();
    for (Row row : rows) {
      var cluster = Cluster.ofSlots(nodes, ints(row, 2));
      layers.put(row.getInt(0), Placement.of(cluster, experts, ints(row, 1)));
    }
    return new Plan(header(headers.get(0), layers.firstEntry().getValue().cluster()), layers);
  }

  private static int[] ints(Row row, int column) {
    return row.<Integer>getList(column).stream().mapToInt(Integer::intValue).toArray();
  }

  private static Plan.Header header(Row row, Cluster cluster) {
    return new Plan.Header(
        row.getAs("plan"),
        row.getAs("model"),
        row.getAs("revision"),
        row.getList(row.fieldIndex("datasets")),
        row.getAs("phase"),
        cluster,
        row.getList(row.fieldIndex("batches")),
        row.getAs("planner"),
        row.getAs("router"),
        row.<Long>getAs("seed"),
        row.<Integer>getAs("steps"),
        row.<Long>getAs("proposals"),
        row.getAs("goal"));
  }
}
