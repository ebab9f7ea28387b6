package coterie.jobs.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.RoutingTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Finds what the user named in a lake, or says what there is instead. */
public final class Selector {

  private final SparkSession spark;

  public Selector(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * The model of this name.
   *
   * @param revision may be empty while the lake holds only one
   * @throws UserError if there is none or more than one
   */
  public ModelGeometry model(String name, Optional<String> revision) {
    var models =
        spark
            .table(ModelTable.TABLE.fullName())
            .orderBy("model", "revision")
            .collectAsList()
            .stream()
            .map(ModelTable::fromRow)
            .toList();
    var named = models.stream().filter(model -> model.name().equals(name)).toList();
    var wanted =
        named.stream()
            .filter(model -> revision.isEmpty() || revision.get().equals(model.revision()))
            .toList();
    if (named.isEmpty()) {
      throw UserError.usage(
          "the lake has no model '%s'".formatted(name),
          models.isEmpty()
              ? "coterie ingest fills a lake"
              : "it has: " + join(models.stream().map(ModelGeometry::name).toList()));
    }
    if (wanted.size() != 1) {
      throw UserError.usage(
          wanted.isEmpty()
              ? "model %s has no revision '%s'".formatted(name, revision.get())
              : "model %s has more than one revision".formatted(name),
          "give --revision, one of: " + join(named.stream().map(ModelGeometry::revision).toList()));
    }
    return wanted.get(0);
  }

  private static String join(List<String> names) {
    return String.join(", ", new LinkedHashSet<>(names));
  }

  /**
   * Checks that a selection has statistics, and that they are of today.
   *
   * @return warnings for the user
   * @throws UserError if a data set is unknown, was not analyzed, or has no tokens of the phase
   */
  public List<String> check(Selection selection) {
    var counted = tokens(StatisticsTables.EXPERT_LOAD.fullName(), selection, "layer_tokens");
    var stored = tokens(RoutingTable.TABLE.fullName(), selection, "tokens");
    var warnings = new ArrayList<String>();
    for (String dataset : selection.datasets()) {
      long inLake = total(stored, dataset, selection.phase());
      long inStatistics = total(counted, dataset, selection.phase());
      if (stored.stream().noneMatch(t -> t.dataset.equals(dataset))) {
        throw UserError.usage(
            "model %s has no data set '%s'".formatted(selection.model().name(), dataset),
            "it has: " + join(datasets(selection.model())));
      }
      if (inLake == 0) {
        throw UserError.data(
            "data set '%s' has no %s tokens".formatted(dataset, selection.phase()),
            "give --phase, one of: "
                + join(
                    stored.stream()
                        .filter(t -> t.dataset.equals(dataset))
                        .map(Tokens::phase)
                        .toList()));
      }
      if (inStatistics == 0) {
        throw UserError.data(
            "data set '%s' has no statistics yet".formatted(dataset),
            "run: coterie analyze --model " + selection.model().name());
      }
      if (inStatistics != inLake) {
        warnings.add(
            "data set '%s' has %,d tokens, its statistics are of %,d: coterie analyze counts anew"
                .formatted(dataset, inLake, inStatistics));
      }
    }
    return warnings;
  }

  private record Tokens(String dataset, String phase, long tokens) {}

  private static long total(List<Tokens> tokens, String dataset, String phase) {
    return tokens.stream()
        .filter(t -> t.dataset.equals(dataset))
        .filter(t -> phase.equals(Selection.ALL_PHASES) || t.phase.equals(phase))
        .mapToLong(Tokens::tokens)
        .sum();
  }

  /** Tokens by data set and phase. In statistics the count of a leaf stands in each of its rows. */
  private List<Tokens> tokens(String table, Selection selection, String column) {
    var rows = spark.table(table).where(selection.ofPhase(Selection.ALL_PHASES).condition());
    Dataset<Row> counts =
        column.equals("tokens")
            ? rows
            : rows.where(col("layer").equalTo(selection.model().moeLayers().get(0)))
                .select("dataset", "phase", "workload", "day", column)
                .distinct();
    return counts.groupBy("dataset", "phase").agg(sum(column)).collectAsList().stream()
        .map(row -> new Tokens(row.getString(0), row.getString(1), row.getLong(2)))
        .toList();
  }

  private List<String> datasets(ModelGeometry model) {
    return spark
        .table(RoutingTable.TABLE.fullName())
        .where(col("model").equalTo(model.name()).and(col("revision").equalTo(model.revision())))
        .select("dataset")
        .distinct()
        .orderBy("dataset")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /**
   * Blocks that two selections share token by token, whatever their data sets are called.
   *
   * <p>The same trace ingested under two names would pass for held-out data by its name alone.
   */
  public long sharedBlocks(Selection one, Selection other) {
    return fingerprints(one).intersect(fingerprints(other)).count();
  }

  private Dataset<Row> fingerprints(Selection selection) {
    Column[] fingerprint = {
      col("phase"), col("first_position"), col("tokens"), xxhash64(col("experts"))
    };
    return spark
        .table(RoutingTable.TABLE.fullName())
        .where(selection.condition())
        .select(fingerprint);
  }
}
