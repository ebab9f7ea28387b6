package coterie.planner.routing;

import coterie.planner.model.Placement;
import java.io.Serializable;
import java.util.Arrays;

/**
 * For one layer the GPU to which each rank sends all its tokens of each expert: a choice that is
 * made once, with the placement, and needs no look at the batch.
 *
 * <p>SGLang's {@code static} dispatch reads such a map, but makes it itself.
 */
public final class RankMap implements Serializable {

  private static final long serialVersionUID = 1;

  private final int ranks;

  /** {@code [rank * experts + expert]} GPU. */
  private final int[] gpus;

  private RankMap(int ranks, int[] gpus) {
    this.ranks = ranks;
    this.gpus = gpus;
  }

  /**
   * Checks and takes over a map.
   *
   * @param gpus {@code [ranks * experts]}, rank by rank; copied
   * @throws IllegalArgumentException naming a rank and expert that are sent where no replica is
   */
  public static RankMap of(Placement placement, int ranks, int[] gpus) {
    if (ranks < 1 || gpus.length != ranks * placement.experts()) {
      throw new IllegalArgumentException(
          "rank map of %d entries for %d ranks and %d experts"
              .formatted(gpus.length, ranks, placement.experts()));
    }
    var replicas = ReplicaTable.of(placement);
    for (int i = 0; i < gpus.length; i++) {
      int expert = i % placement.experts();
      if (!replicas.holds(gpus[i], expert)) {
        throw new IllegalArgumentException(
            "rank %d sends expert %d to GPU %d, which does not hold it"
                .formatted(i / placement.experts(), expert, gpus[i]));
      }
    }
    return new RankMap(ranks, gpus.clone());
  }

  /** The map of a placement that came without one: every rank uses the first replica. */
  public static RankMap first(Placement placement, int ranks) {
    var replicas = ReplicaTable.of(placement);
    var gpus = new int[ranks * placement.experts()];
    Arrays.setAll(gpus, i -> replicas.gpu(i % placement.experts(), 0));
    return new RankMap(ranks, gpus);
  }

  public int ranks() {
    return ranks;
  }

  public int experts() {
    return gpus.length / ranks;
  }

  /** The GPU that serves tokens of {@code expert} that start on {@code rank}. */
  public int gpu(int rank, int expert) {
    return gpus[rank * experts() + expert];
  }

  /** {@code [ranks * experts]} GPUs, rank by rank; a copy. */
  public int[] toArray() {
    return gpus.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RankMap that && ranks == that.ranks && Arrays.equals(gpus, that.gpus);
  }

  @Override
  public int hashCode() {
    return 31 * ranks + Arrays.hashCode(gpus);
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int rank = 0; rank < ranks; rank++) {
      var row = Arrays.copyOfRange(gpus, rank * experts(), (rank + 1) * experts());
      text.append(rank == 0 ? "" : ", ").append(rank).append(" to ").append(Arrays.toString(row));
    }
    return text.toString();
  }
}
