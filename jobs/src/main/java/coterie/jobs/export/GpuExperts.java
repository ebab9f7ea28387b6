package coterie.jobs.export;

import coterie.planner.model.Placement;
import java.util.List;
import java.util.stream.IntStream;

/** The experts on one GPU. */
final class GpuExperts {

  private GpuExperts() {}

  /** In the order of the slots. */
  static List<Integer> of(Placement placement, int gpu) {
    var cluster = placement.cluster();
    return IntStream.range(cluster.firstSlot(gpu), cluster.firstSlot(gpu + 1))
        .mapToObj(placement::expertAt)
        .toList();
  }
}
