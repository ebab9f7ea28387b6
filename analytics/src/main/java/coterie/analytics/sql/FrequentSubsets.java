package coterie.analytics.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code expert_subset} in SQL, level by level: Apriori (Agrawal and Srikant, VLDB 1994), with a
 * token's experts as its transaction.
 *
 * <p>Level r takes every r-combination of the places of a token's frequent experts, in ascending
 * order, leaves out those of which some subset of r - 1 is not frequent, packs what is left into
 * 64-bit keys, groups and counts. Here candidates come from the transactions and not from joining
 * the level before with itself: a token has few experts, so that its combinations are few. Work:
 * tokens x C(k, r) rows at level r, less what the pruning takes.
 *
 * <p>Reads the views {@code activation} and {@code leaf} and the table {@code model}.
 */
final class FrequentSubsets {

  /** Bits of a key that hold ids; the sign stays out of it. */
  private static final int KEY_BITS = 63;

  private static final String LEAF = "model, revision, dataset, workload, day, phase";

  private final SparkSession spark;
  private final double minSupport;
  private final int experts;
  private final int topK;
  private final int bits;
  private final StepTables steps;

  FrequentSubsets(SparkSession spark, StepTables steps, double minSupport) {
    this.spark = spark;
    this.steps = steps;
    this.minSupport = minSupport;
    var shape =
        spark
            .sql("SELECT max(experts), max(top_k) FROM model JOIN leaf USING (model, revision)")
            .collectAsList()
            .get(0);
    this.experts = shape.isNullAt(0) ? 1 : shape.getInt(0);
    this.topK = shape.isNullAt(1) ? 0 : shape.getInt(1);
    this.bits = Integer.SIZE - Integer.numberOfLeadingZeros(experts - 1 | 1);
  }

  /** All levels; each is a step, which the next reads more than once. */
  Dataset<Row> find() {
    steps.store(name(1), frequentExperts());
    spark.sql(transactions()).createOrReplaceTempView("frequent_items");
    Dataset<Row> all = spark.sql(result(name(1), 1)).where("false");
    for (int size = 2; size <= topK; size++) {
      steps.store(name(size), spark.sql(level(size)));
      if (spark.table(name(size)).isEmpty()) {
        break;
      }
      all = all.union(spark.sql(result(name(size), size)));
    }
    return all;
  }

  private static String name(int size) {
    return "frequent_" + size;
  }

  private Dataset<Row> frequentExperts() {
    return spark.sql(
        """
        SELECT %1$s, layer, layer_tokens, min_tokens, expert AS k0_0, tokens
        FROM (SELECT l.*, bigint(greatest(1, ceil(%2$sD * l.layer_tokens))) AS min_tokens,
            a.layer, a.expert, a.tokens
          FROM (SELECT %1$s, layer, bigint(expert) AS expert, count(*) AS tokens
            FROM activation LATERAL VIEW explode(experts) AS expert
            GROUP BY %1$s, layer, expert) a
          JOIN leaf l ON %3$s)
        WHERE tokens >= min_tokens
        """
            .formatted(LEAF, minSupport, sameLeaf("a", "l")));
  }

  /** Tokens with their frequent experts, ascending. */
  private String transactions() {
    return """
    SELECT %1$s, f.layer, f.layer_tokens, f.min_tokens,
      sort_array(filter(a.experts, e -> array_contains(f.frequent, e))) AS items
    FROM activation a
    JOIN (SELECT %2$s, layer, layer_tokens, min_tokens,
        collect_list(smallint(k0_0)) AS frequent
      FROM frequent_1 GROUP BY %2$s, layer, layer_tokens, min_tokens) f
      ON %3$s AND a.layer = f.layer
    """
        .formatted(of("f"), LEAF, sameLeaf("a", "f"));
  }

  private String level(int size) {
    var columns =
        IntStream.range(0, size).mapToObj(i -> "ids[%1$d] AS i%1$d".formatted(i)).toList();
    var pruning = new StringBuilder();
    if (size > 2) {
      for (int dropped = 0; dropped < size; dropped++) {
        pruning.append(
            "LEFT SEMI JOIN frequent_%1$d p%2$d ON %3$s AND c.layer = p%2$d.layer AND %4$s\n"
                .formatted(
                    size - 1, dropped, sameLeaf("c", "p" + dropped), samePart(size, dropped)));
      }
    }
    return """
    SELECT %1$s, c.layer, c.layer_tokens, c.min_tokens, %2$s, count(*) AS tokens
    FROM (SELECT %3$s, layer, layer_tokens, min_tokens, %4$s
      FROM frequent_items LATERAL VIEW explode(array(%5$s)) AS ids
      WHERE ids[%6$d] IS NOT NULL) c
    %7$s
    GROUP BY %1$s, c.layer, c.layer_tokens, c.min_tokens, %8$s
    HAVING count(*) >= c.min_tokens
    """
        .formatted(
            of("c"),
            named(keys(places(size)), size),
            LEAF,
            String.join(", ", columns),
            String.join(", ", combinations(size)),
            size - 1,
            pruning,
            String.join(", ", keys(places(size))));
  }

  /** Every combination of places as an array of experts; null beyond the experts of a token. */
  private List<String> combinations(int size) {
    var found = new ArrayList<String>();
    combine(new int[size], 0, 0, found);
    return found;
  }

  private void combine(int[] places, int chosen, int from, List<String> found) {
    if (chosen == places.length) {
      found.add(
          IntStream.of(places)
              .mapToObj("bigint(get(items, %d))"::formatted)
              .collect(Collectors.joining(", ", "array(", ")")));
      return;
    }
    for (int place = from; place < topK; place++) {
      places[chosen] = place;
      combine(places, chosen + 1, place + 1, found);
    }
  }

  private static List<Integer> places(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  /** Ids packed, as many to a key as fit. */
  private List<String> keys(List<Integer> places) {
    int perKey = KEY_BITS / bits;
    var keys = new ArrayList<String>();
    for (int first = 0; first < places.size(); first += perKey) {
      var parts = new ArrayList<String>();
      for (int i = first; i < Math.min(places.size(), first + perKey); i++) {
        parts.add("shiftleft(i%d, %d)".formatted(places.get(i), bits * (i - first)));
      }
      keys.add(String.join(" | ", parts));
    }
    return keys;
  }

  /** Columns of keys say of what size they are: {@code k2_0} is the first key of a pair. */
  private static String named(List<String> keys, int size) {
    return IntStream.range(0, keys.size())
        .mapToObj(i -> "%s AS k%d_%d".formatted(keys.get(i), size - 1, i))
        .collect(Collectors.joining(", "));
  }

  private String samePart(int size, int dropped) {
    var keys = keys(places(size).stream().filter(place -> place != dropped).toList());
    return IntStream.range(0, keys.size())
        .mapToObj(i -> "(%s) = p%d.k%d_%d".formatted(keys.get(i), dropped, size - 2, i))
        .collect(Collectors.joining(" AND "));
  }

  private String result(String level, int size) {
    int perKey = KEY_BITS / bits;
    var ids =
        IntStream.range(0, size)
            .mapToObj(
                i ->
                    "int(shiftright(k%d_%d, %d) & %d)"
                        .formatted(size - 1, i / perKey, bits * (i % perKey), (1L << bits) - 1))
            .collect(Collectors.joining(", "));
    var shares =
        IntStream.range(0, size)
            .mapToObj(
                i ->
                    "JOIN frequent_1 e%1$d ON %2$s AND s.layer = e%1$d.layer AND s.experts[%1$d] = e%1$d.k0_0"
                        .formatted(i, sameLeaf("s", "e" + i)))
            .collect(Collectors.joining("\n"));
    var product =
        IntStream.range(0, size)
            .mapToObj("(e%d.tokens / double(s.layer_tokens))"::formatted)
            .collect(Collectors.joining(" * "));
    return """
    SELECT %1$s, s.layer, s.layer_tokens, %2$d AS size, s.experts, s.tokens, s.min_tokens,
      s.tokens / double(s.layer_tokens) AS support,
      (s.tokens / double(s.layer_tokens)) / (%3$s) AS lift
    FROM (SELECT *, array(%4$s) AS experts FROM %5$s) s
    %6$s
    """
        .formatted(of("s"), size, product, ids, level, shares);
  }

  private static String of(String alias) {
    return Arrays.stream(LEAF.split(", "))
        .map(column -> alias + "." + column)
        .collect(Collectors.joining(", "));
  }

  static String sameLeaf(String left, String right) {
    return Arrays.stream(LEAF.split(", "))
        .map(column -> "%s.%s <=> %s.%s".formatted(left, column, right, column))
        .collect(Collectors.joining(" AND "));
  }
}
