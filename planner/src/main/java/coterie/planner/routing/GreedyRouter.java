package coterie.planner.routing;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;

/**
 * One replica an expert and step, by a greedy rule that every rank can compute for itself from the
 * whole batch, without a message and with the same answer.
 *
 * <p>Experts are taken in a fixed order; each sends all its tokens to the replica whose GPU runs
 * the fewest distinct experts so far, on a tie the fewest tokens, then the lowest GPU. With the
 * order of {@link GreedyOrder#ID} this is the least-loaded rule of METRO (Yu et al., 2025, arXiv
 * 2512.09277: balance activated experts, not tokens; only its abstract was available, so the order
 * is ours). With {@link GreedyOrder#FEWEST_COPIES} it is what we call rank-invariant: experts
 * without a choice first, so that the others can avoid them. Greedy of d choices is within O(log
 * log G) of {@code n / G} for random replicas. O(n * copies) a step for n active experts, plus one
 * pass for each number of copies.
 */
final class GreedyRouter implements Router {

  private final ReplicaTable replicas;
  private final GreedyOrder order;
  private final StepCalls calls;
  private final int mostCopies;
  private final int[] gpuOfExpert;
  private final GpuLoad assigned;

  GreedyRouter(Placement placement, GreedyOrder order) {
    replicas = ReplicaTable.of(placement);
    this.order = order;
    calls = new StepCalls(replicas.experts());
    int most = 1;
    for (int copies : placement.copies()) {
      most = Math.max(most, copies);
    }
    mostCopies = most;
    gpuOfExpert = new int[replicas.experts()];
    assigned = new GpuLoad(replicas.gpuCount());
  }

  @Override
  public void route(TokenBatches batches, int step, GpuLoad load) {
    calls.count(batches, step);
    load.clear();
    if (order == GreedyOrder.ID) {
      for (int i = 0; i < calls.size(); i++) {
        send(i, load);
      }
      return;
    }
    for (int copies = 1; copies <= mostCopies; copies++) {
      for (int i = 0; i < calls.size(); i++) {
        if (replicas.copies(calls.expert(i)) == copies) {
          send(i, load);
        }
      }
    }
  }

  @Override
  public void assign(TokenBatches batches, int step, CallGpus callGpus) {
    route(batches, step, assigned);
    callGpus.fill(batches, step, gpuOfExpert);
  }

  private void send(int index, GpuLoad load) {
    int expert = calls.expert(index);
    int best = replicas.gpu(expert, 0);
    for (int i = 1; i < replicas.copies(expert); i++) {
      int gpu = replicas.gpu(expert, i);
      boolean fewer =
          load.copies(gpu) < load.copies(best)
              || (load.copies(gpu) == load.copies(best) && load.pairs(gpu) < load.pairs(best));
      best = fewer ? gpu : best;
    }
    gpuOfExpert[expert] = best;
    load.addCopy(best);
    load.addPairs(best, calls.tokens(index));
  }
}
