package coterie.analytics.table;

import java.util.List;

/**
 * The views over the statistics: measures against independence, and totals over workloads and days.
 *
 * <p>Raw support misleads: two experts that every token calls meet in every token and say nothing
 * about each other. With {@code n} the tokens of the layer, {@code n_a}, {@code n_b} those that
 * called each and {@code n_ab} those that called both:
 *
 * <ul>
 *   <li>support {@code n_ab / n}
 *   <li>lift {@code n_ab n / (n_a n_b)}: 1 if independent (Brin, Motwani, Ullman, Tsur, SIGMOD
 *       1997)
 *   <li>jaccard {@code n_ab / (n_a + n_b - n_ab)}
 *   <li>npmi {@code ln(lift) / -ln(support)}, in [-1, 1], 0 if independent; 1 where all tokens call
 *       both (Bouma, GSCL 2009)
 * </ul>
 */
public final class StatisticsViews {

  private static final String MEASURES =
      """
      tokens / CAST(layer_tokens AS DOUBLE) AS support,
        CAST(tokens AS DOUBLE) * layer_tokens / (CAST(a_tokens AS DOUBLE) * b_tokens) AS lift,
        tokens / CAST(a_tokens + b_tokens - tokens AS DOUBLE) AS jaccard,
        CASE WHEN tokens = layer_tokens THEN 1.0D ELSE
          ln(CAST(tokens AS DOUBLE) * layer_tokens / (CAST(a_tokens AS DOUBLE) * b_tokens))
          / -ln(tokens / CAST(layer_tokens AS DOUBLE)) END AS npmi\
      """;

  /** {@code layer_total}: tokens of a data set and phase in a layer, over workloads and days. */
  public static final LakeView LAYER_TOTAL =
      new LakeView(
          "layer_total",
          1,
          "tokens of a data set and phase in a layer",
          """
          SELECT model, revision, dataset, phase, basis, layer, sum(layer_tokens) AS layer_tokens
          FROM (SELECT model, revision, dataset, workload, day, phase, basis, layer,
              max(layer_tokens) AS layer_tokens FROM expert_load
            GROUP BY model, revision, dataset, workload, day, phase, basis, layer)
          GROUP BY model, revision, dataset, phase, basis, layer
          """);

  /** {@code load_total}: {@code expert_load} over workloads and days. */
  public static final LakeView LOAD_TOTAL =
      new LakeView(
          "load_total",
          1,
          "load of an expert in a data set and phase; share: of its tokens that called it",
          """
          SELECT l.model, l.revision, l.dataset, l.phase, l.basis, l.layer, t.layer_tokens, l.expert,
            l.tokens, l.requests, l.gate_weight, l.tokens / CAST(t.layer_tokens AS DOUBLE) AS share
          FROM (SELECT model, revision, dataset, phase, basis, layer, expert,
              sum(tokens) AS tokens,
              CASE WHEN count(requests) = count(*) THEN sum(requests) END AS requests,
              CASE WHEN count(gate_weight) = count(*) THEN sum(gate_weight) END AS gate_weight
            FROM expert_load
            GROUP BY model, revision, dataset, phase, basis, layer, expert) l
          JOIN layer_total t ON l.model = t.model AND l.revision = t.revision
            AND l.dataset = t.dataset AND l.phase = t.phase AND l.basis = t.basis
            AND l.layer = t.layer
          """);

  /** {@code load_by_day}: {@code expert_load} of tokens over workloads, a row a day. */
  public static final LakeView LOAD_BY_DAY =
      new LakeView(
          "load_by_day",
          1,
          "load of an expert on a day; share: of the calls of the layer on that day",
          """
          SELECT l.model, l.revision, l.dataset, l.day, l.phase, l.layer, l.expert, l.tokens,
            l.tokens / CAST(t.calls AS DOUBLE) AS share
          FROM (SELECT model, revision, dataset, day, phase, layer, expert, sum(tokens) AS tokens
            FROM expert_load WHERE basis = 'tokens'
            GROUP BY model, revision, dataset, day, phase, layer, expert) l
          JOIN (SELECT model, revision, dataset, day, phase, layer, sum(tokens) AS calls
            FROM expert_load WHERE basis = 'tokens'
            GROUP BY model, revision, dataset, day, phase, layer) t
          ON l.model = t.model AND l.revision = t.revision AND l.dataset = t.dataset
            AND l.day IS NOT DISTINCT FROM t.day AND l.phase = t.phase AND l.layer = t.layer
          """);

  /** {@code coactivation_lift}: the pairs of each leaf against independence. */
  public static final LakeView COACTIVATION_LIFT =
      new LakeView(
          "coactivation_lift",
          1,
          "pairs of experts of a leaf against independence",
          """
          SELECT *, %s
          FROM (SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer,
              c.layer_tokens, c.a, c.b, c.tokens, la.tokens AS a_tokens, lb.tokens AS b_tokens
            FROM coactivation c
            JOIN expert_load la ON %s AND c.a = la.expert
            JOIN expert_load lb ON %s AND c.b = lb.expert)
          """
              .formatted(MEASURES, ofLeaf("la"), ofLeaf("lb")));

  /** {@code coactivation_total}: pairs over workloads and days against independence. */
  public static final LakeView COACTIVATION_TOTAL =
      new LakeView(
          "coactivation_total",
          1,
          "pairs of experts of a data set and phase against independence",
          """
          SELECT *, %s
          FROM (SELECT c.model, c.revision, c.dataset, c.phase, c.layer, la.layer_tokens, c.a, c.b,
              c.tokens, la.tokens AS a_tokens, lb.tokens AS b_tokens
            FROM (SELECT model, revision, dataset, phase, layer, a, b, sum(tokens) AS tokens
              FROM coactivation GROUP BY model, revision, dataset, phase, layer, a, b) c
            JOIN load_total la ON %s AND c.a = la.expert
            JOIN load_total lb ON %s AND c.b = lb.expert)
          """
              .formatted(MEASURES, ofDataset("la"), ofDataset("lb")));

  /** {@code transition_total}: transitions over workloads and days. */
  public static final LakeView TRANSITION_TOTAL =
      new LakeView(
          "transition_total",
          1,
          "transitions of a data set; probability: of the next, given the expert; lift: over chance",
          """
          SELECT c.model, c.revision, c.dataset, c.phase, c.layer, la.layer_tokens, c.expert,
            c.next_layer, c.next_expert, c.tokens,
            c.tokens / CAST(la.tokens AS DOUBLE) AS probability,
            CAST(c.tokens AS DOUBLE) * la.layer_tokens / (CAST(la.tokens AS DOUBLE) * lb.tokens)
              AS lift
          FROM (SELECT model, revision, dataset, phase, layer, expert, next_layer, next_expert,
              sum(tokens) AS tokens FROM transition
            GROUP BY model, revision, dataset, phase, layer, expert, next_layer, next_expert) c
          JOIN load_total la ON %s AND c.expert = la.expert
          JOIN load_total lb ON lb.basis = 'tokens' AND c.model = lb.model
            AND c.revision = lb.revision AND c.dataset = lb.dataset AND c.phase = lb.phase
            AND c.next_layer = lb.layer AND c.next_expert = lb.expert
          """
              .formatted(ofDataset("la")));

  /** {@code similarity_matrix}: means over the layers, both triangles and the diagonal. */
  public static final LakeView SIMILARITY_MATRIX =
      new LakeView(
          "similarity_matrix",
          1,
          "how alike two data sets or workloads are, mean over layers",
          """
          WITH pairs AS (SELECT model, revision, phase, kind, left_dataset, left_workload,
              right_dataset, right_workload, avg(cosine) AS cosine, avg(shared) AS shared,
              avg(distance) AS distance, avg(overlap) AS overlap
            FROM similarity GROUP BY model, revision, phase, kind, left_dataset, left_workload,
              right_dataset, right_workload)
          SELECT model, revision, phase, kind, left_dataset, left_workload, right_dataset,
            right_workload, cosine, shared, distance, overlap FROM pairs
          UNION ALL
          SELECT model, revision, phase, kind, right_dataset, right_workload, left_dataset,
            left_workload, cosine, shared, distance, overlap FROM pairs
          UNION ALL
          SELECT DISTINCT model, revision, phase, 'dataset', dataset, CAST(NULL AS STRING), dataset,
            CAST(NULL AS STRING), 1.0D, 1.0D, 0.0D, 1.0D FROM expert_load WHERE basis = 'tokens'
          UNION ALL
          SELECT DISTINCT model, revision, phase, 'workload', dataset, workload, dataset, workload,
            1.0D, 1.0D, 0.0D, 1.0D FROM expert_load
            WHERE basis = 'tokens' AND workload IS NOT NULL
          """);

  /** All of them, each after those that it reads. */
  public static final List<LakeView> ALL =
      List.of(
          LAYER_TOTAL,
          LOAD_TOTAL,
          LOAD_BY_DAY,
          COACTIVATION_LIFT,
          COACTIVATION_TOTAL,
          TRANSITION_TOTAL,
          SIMILARITY_MATRIX);

  private StatisticsViews() {}

  private static String ofLeaf(String load) {
    return ofDataset(load)
        + (" AND c.workload IS NOT DISTINCT FROM %1$s.workload"
                + " AND c.day IS NOT DISTINCT FROM %1$s.day")
            .formatted(load);
  }

  private static String ofDataset(String load) {
    return ("%1$s.basis = 'tokens' AND c.model = %1$s.model AND c.revision = %1$s.revision"
            + " AND c.dataset = %1$s.dataset AND c.phase = %1$s.phase AND c.layer = %1$s.layer")
        .formatted(load);
  }
}
