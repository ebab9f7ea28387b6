package coterie.jobs.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.RoutingTable;
import coterie.ingest.table.SourceTable;
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
   * What a check of a selection found.
   *
   * @param warnings for the user
   * @param countsOnly data sets of which only loads are known, not which experts were called
   *     together
   */
  public record Checked(List<String> warnings, List<String> countsOnly) {

    public Checked {
      warnings = List.copyOf(warnings);
      countsOnly = List.copyOf(countsOnly);
    }

    /**
     * Refuses data sets that hold counts only.
     *
     * @param what needs to know the sets
     * @throws UserError naming the data set
     */
    public void requireSets(String what) {
      if (!countsOnly.isEmpty()) {
        throw UserError.data(
            "data set '%s' holds counts only, and %s must know which experts act together"
                .formatted(countsOnly.get(0), what),
            "ingest traces with the experts of each token; --planner eplb plans on counts");
      }
    }
  }

  /**
   * Checks that a selection has statistics, and that they are of today.
   *
   * @throws UserError if a data set is unknown, was not analyzed, or has no tokens of the phase
   */
  public Checked check(Selection selection) {
    var stored = LeafTokens.stored(spark, selection);
    var counted = LeafTokens.counted(spark, selection);
    var warnings = new ArrayList<String>();
    var countsOnly = new ArrayList<String>();
    for (String dataset : selection.datasets()) {
      var own = stored.stream().filter(t -> t.dataset().equals(dataset)).toList();
      if (own.isEmpty()) {
        throw UserError.usage(
            "model %s has no data set '%s'".formatted(selection.model().name(), dataset),
            "it has: " + join(datasets(selection.model())));
      }
      boolean tokens = LeafTokens.total(own, selection, StatisticsTables.TOKENS) > 0;
      var basis = tokens ? StatisticsTables.TOKENS : StatisticsTables.COUNTS;
      long inLake = LeafTokens.total(own, selection, basis);
      if (inLake == 0) {
        throw UserError.data(
            "data set '%s' has no %s tokens".formatted(dataset, selection.phase()),
            "give --phase, one of: " + join(own.stream().map(LeafTokens::phase).toList()));
      }
      long inStatistics =
          LeafTokens.total(
              counted.stream().filter(t -> t.dataset().equals(dataset)).toList(), selection, basis);
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
      if (!tokens) {
        countsOnly.add(dataset);
      }
    }
    return new Checked(warnings, countsOnly);
  }

  private List<String> datasets(ModelGeometry model) {
    return spark
        .table(SourceTable.TABLE.fullName())
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
