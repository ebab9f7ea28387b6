package coterie.planner.routing;

/** Replicas by a {@link RankMap}. */
final class RankMapChoice extends RankChoice {

  private final RankMap map;

  RankMapChoice(RankMap map) {
    super(map.ranks());
    this.map = map;
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    for (int rank = 0; rank < callers(); rank++) {
      gpuOfCaller[rank] = map.gpu(rank, expert);
    }
  }
}
