package coterie.planner.routing;

import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * TensorRT-LLM's round robin: the n-th call of an expert on a rank uses replica {@code (n + rank)
 * mod copies}; without ranks {@code n mod copies}.
 *
 * <p>Read in NVIDIA/TensorRT-LLM, {@code cpp/tensorrt_llm/kernels/moeLoadBalance/}, {@code
 * moeComputeRouteKernel}: blocks of 1,024 calls (256 threads of 4) count for themselves and add
 * their block's number, and under attention data parallelism the rank is added ({@code
 * offset_by_ep_rank}). The engine only switches its balancer on under attention data parallelism.
 */
final class TensorRtChoice implements ReplicaChoice {

  private static final int CALLS_A_BLOCK = 1_024;

  private final int experts;
  private final int callers;

  /** {@code [rank * experts + expert]} calls so far in the rank's block. */
  private final int[] calls;

  /** {@code [rank]} calls of any expert so far. */
  private final int[] callsOfRank;

  /**
   * A rule for some number of ranks.
   *
   * @param mostCalls most calls of a step
   */
  TensorRtChoice(int ranks, int experts, int batch, int mostCalls) {
    this.experts = experts;
    calls = new int[ranks * experts];
    callsOfRank = new int[ranks];
    callers = Math.min(batch, CALLS_A_BLOCK) + ranks + mostCalls / CALLS_A_BLOCK;
  }

  @Override
  public int callers() {
    return callers;
  }

  @Override
  public void name(TokenBatches batches, int step, int[] callerOfCall) {
    var sets = batches.sets();
    Arrays.fill(calls, 0);
    Arrays.fill(callsOfRank, 0);
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      int rank = batches.rank(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        callerOfCall[call++] = next(rank, sets.member(i));
      }
    }
  }

  private int next(int rank, int expert) {
    int before = callsOfRank[rank]++;
    if (before > 0 && before % CALLS_A_BLOCK == 0) {
      Arrays.fill(calls, rank * experts, (rank + 1) * experts, 0);
    }
    return calls[rank * experts + expert]++ + rank + before / CALLS_A_BLOCK;
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    int copies = replicas.copies(expert);
    for (int caller = 0; caller < callers; caller++) {
      gpuOfCaller[caller] = replicas.gpu(expert, caller % copies);
    }
  }
}
