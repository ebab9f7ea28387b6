package coterie.planner.routing;

import coterie.planner.model.TokenBatches;

/**
 * A rule that picks replicas one call at a time, a call being a token and one of its experts. What
 * it knows of a call besides the expert is the <em>caller</em>, a small number: an index of the
 * token, a rank, a count.
 *
 * <p>Two calls of an expert with the same caller use the same replica. So a rule is a table from
 * caller to GPU for each expert, which changes only where the replicas of that expert change; a
 * search builds on that.
 */
public interface ReplicaChoice {

  /** Callers of any step are in {@code [0, callers)}. */
  int callers();

  /**
   * Names the callers of a step.
   *
   * @param callerOfCall filled in the order of the tokens and, within a token, of its experts
   */
  void name(TokenBatches batches, int step, int[] callerOfCall);

  /**
   * Chooses for every caller.
   *
   * @param gpuOfCaller {@code [callers]} filled with the GPU whose replica of {@code expert} the
   *     caller uses
   */
  void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller);
}
