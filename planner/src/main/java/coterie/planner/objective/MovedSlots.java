package coterie.planner.objective;

import coterie.planner.model.Placement;

/**
 * Slots whose expert is new to their GPU, against the placement in use: what has to be copied.
 *
 * <p>Natural unit: one slot, so bytes are this times the bytes of an expert. Range: 0 to the slots
 * of the cluster. The same count as {@link coterie.planner.model.PlacementDiff#moved()}, kept up to
 * date in O(1) a change.
 */
public final class MovedSlots implements SearchCost {

  private final int experts;
  private final boolean[] held;
  private long moved;

  /**
   * Counts.
   *
   * @param current the placement in use, of the same GPUs and experts
   */
  public MovedSlots(Placement start, Placement current) {
    experts = start.experts();
    held = new boolean[start.cluster().gpus() * experts];
    for (int slot = 0; slot < current.cluster().slots(); slot++) {
      held[current.cluster().gpuOf(slot) * experts + current.expertAt(slot)] = true;
    }
    for (int slot = 0; slot < start.cluster().slots(); slot++) {
      moved += fresh(start.cluster().gpuOf(slot), start.expertAt(slot));
    }
  }

  private int fresh(int gpu, int expert) {
    return gpu == HostChange.NONE || held[gpu * experts + expert] ? 0 : 1;
  }

  @Override
  public long total() {
    return moved * UNITS;
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    long difference = slots(change) * UNITS;
    return difference > limitUnits ? OVER_LIMIT : difference;
  }

  private int slots(HostChange change) {
    return fresh(change.toA(), change.a())
        - fresh(change.fromA(), change.a())
        + fresh(change.toB(), change.b())
        - fresh(change.fromB(), change.b());
  }

  @Override
  public void apply(HostChange change) {
    moved += slots(change);
  }
}
