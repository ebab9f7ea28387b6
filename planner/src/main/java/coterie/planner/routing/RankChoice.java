package coterie.planner.routing;

import coterie.planner.model.TokenBatches;

/** A rule that only asks where a token starts: the caller is its rank. */
abstract class RankChoice implements ReplicaChoice {

  private final int ranks;

  RankChoice(int ranks) {
    this.ranks = ranks;
  }

  @Override
  public final int callers() {
    return ranks;
  }

  @Override
  public final void name(TokenBatches batches, int step, int[] callerOfCall) {
    var sets = batches.sets();
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        callerOfCall[call++] = batches.rank(step, token);
      }
    }
  }
}
