package coterie.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import coterie.ingest.table.ModelGeometry;
import coterie.jobs.simulate.LayerVerdict;
import coterie.jobs.simulate.ReplayTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The newest simulations that can be held against each other: of the same tokens, drawn in the same
 * way, on the same hardware. Of a plan, layer, batch size and router that were judged more than
 * once the newest row counts.
 *
 * @param at when the newest of them was made
 * @param inSample plans that were judged on what they were made from
 */
record Judgement(Conditions conditions, Instant at, List<LayerVerdict> rows, Set<String> inSample) {

  /** What must be the same for two rows to be comparable. */
  record Conditions(
      List<String> datasets, String phase, String sampler, long seed, String hardware) {

    static Conditions of(Row row) {
      return new Conditions(
          row.<String>getList(row.fieldIndex("datasets")),
          row.getAs("phase"),
          row.getAs("sampler"),
          row.<Long>getAs("seed"),
          row.getAs("hardware"));
    }
  }

  private record Key(String plan, int layer, int batch, String router) {}

  /** Simulations looked back on. */
  private static final int MAX_RUNS = 20;

  private static final String[] CONDITIONS = {"datasets", "phase", "sampler", "seed", "hardware"};

  Judgement {
    rows = List.copyOf(rows);
    inSample = Set.copyOf(inSample);
  }

  /** The newest judgement of a model; empty if nothing was simulated. */
  static Optional<Judgement> newest(SparkSession spark, ModelGeometry model) {
    var replay =
        spark
            .table(ReplayTable.TABLE.fullName())
            .where(col("model").equalTo(model.name()))
            .where(col("revision").equalTo(model.revision()));
    var runs = runs(replay);
    if (runs.isEmpty()) {
      return Optional.empty();
    }
    var conditions = Conditions.of(runs.get(0));
    var names =
        runs.stream()
            .filter(run -> Conditions.of(run).equals(conditions))
            .map(run -> run.<String>getAs("run"))
            .toList();
    var rows =
        replay.where(col("run").isInCollection(names)).orderBy(col("simulated_at").desc()).toDF();
    return Optional.of(of(conditions, rows.collectAsList()));
  }

  private static List<Row> runs(Dataset<Row> replay) {
    var newestFirst = col("at").desc();
    return replay
        .groupBy("run", CONDITIONS)
        .agg(max("simulated_at").as("at"))
        .orderBy(newestFirst, col("run"))
        .limit(MAX_RUNS)
        .collectAsList();
  }

  private static Judgement of(Conditions conditions, List<Row> newestFirst) {
    Map<Key, LayerVerdict> newest = new LinkedHashMap<>();
    var inSample = new HashSet<String>();
    for (Row row : newestFirst) {
      var verdict = verdict(row);
      var key = new Key(verdict.plan(), verdict.layer(), verdict.batch(), verdict.router());
      newest.putIfAbsent(key, verdict);
      if (!row.<Boolean>getAs("held_out")) {
        inSample.add(verdict.plan());
      }
    }
    Instant at = newestFirst.get(0).getAs("simulated_at");
    return new Judgement(conditions, at, new ArrayList<>(newest.values()), inSample);
  }

  private static LayerVerdict verdict(Row row) {
    Double seconds = row.getAs("moe_seconds");
    return new LayerVerdict(
        row.getAs("plan"),
        row.<Integer>getAs("layer"),
        row.<Integer>getAs("batch"),
        row.getAs("router"),
        row.<Double>getAs("experts"),
        row.<Double>getAs("standard_error"),
        row.<Double>getAs("certificate"),
        row.<Double>getAs("imbalance"),
        seconds == null ? Double.NaN : seconds,
        row.<Long>getAs("steps"));
  }

  /** Names of the plans judged, in the order of their rows. */
  List<String> plans() {
    var names = new LinkedHashSet<String>();
    rows.forEach(row -> names.add(row.plan()));
    return List.copyOf(names);
  }
}
