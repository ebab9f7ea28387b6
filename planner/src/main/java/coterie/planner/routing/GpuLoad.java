package coterie.planner.routing;

import java.util.Arrays;

/** What a router gives each GPU to do in one step of one layer; reused from step to step. */
public final class GpuLoad {

  private final int[] copies;
  private final int[] pairs;

  public GpuLoad(int gpus) {
    copies = new int[gpus];
    pairs = new int[gpus];
  }

  /** Forgets the last step. */
  public void clear() {
    Arrays.fill(copies, 0);
    Arrays.fill(pairs, 0);
  }

  void addCopy(int gpu) {
    copies[gpu]++;
  }

  void addPairs(int gpu, int tokens) {
    pairs[gpu] += tokens;
  }

  public int gpus() {
    return copies.length;
  }

  /** Distinct expert copies that {@code gpu} runs; two copies of one expert on it count twice. */
  public int copies(int gpu) {
    return copies[gpu];
  }

  /** Pairs of a token and an expert that {@code gpu} runs. */
  public int pairs(int gpu) {
    return pairs[gpu];
  }

  /** Distinct expert copies on the busiest GPU. */
  public int mostCopies() {
    int most = 0;
    for (int count : copies) {
      most = Math.max(most, count);
    }
    return most;
  }
}
