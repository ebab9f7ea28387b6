package coterie.planner.replay;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which of several separate groups of GPUs serves a request; each group holds all experts.
 *
 * <p>Moving a request between ranks of one group leaves the union of that group's step as it is:
 * only between groups can an allocation change which experts a step reads.
 */
public enum Allocator {
  /** Requests in turn. */
  ROUND_ROBIN("round-robin") {
    @Override
    public int[] allocate(RequestQueue queue, int[] order, int groups, SignatureDistances unused) {
      return IntStream.range(0, order.length).map(i -> i % groups).toArray();
    }
  },
  /** The group that was given the fewest tokens so far; on a tie the first. */
  LEAST_LOADED("least-loaded") {
    @Override
    public int[] allocate(RequestQueue queue, int[] order, int groups, SignatureDistances unused) {
      var load = new long[groups];
      var groupOf = new int[order.length];
      for (int i = 0; i < order.length; i++) {
        int best = 0;
        for (int group = 1; group < groups; group++) {
          best = load[group] < load[best] ? group : best;
        }
        groupOf[i] = best;
        load[best] += queue.tokens(order[i]);
      }
      return groupOf;
    }
  },
  /**
   * The group whose centre is nearest to the experts that the request has used so far, with as many
   * requests for each group: a window of 8 requests a group is shared out evenly, nearest pairs
   * first. Greedy, not the best assignment: a few requests of each window end up where there is
   * room.
   */
  SIGNATURE("signature") {
    @Override
    public int[] allocate(
        RequestQueue queue, int[] order, int groups, SignatureDistances distances) {
      var groupOf = new int[order.length];
      for (int from = 0; from < order.length; from += WINDOW * groups) {
        int to = Math.min(order.length, from + WINDOW * groups);
        share(order, from, to, groups, distances, groupOf);
      }
      return groupOf;
    }
  };

  private static final int WINDOW = 8;

  private final String label;

  Allocator(String label) {
    this.label = label;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** The allocator of this name. */
  public static Optional<Allocator> find(String label) {
    return Arrays.stream(values()).filter(a -> a.label.equals(label)).findFirst();
  }

  /**
   * Allocates requests in the order in which they come.
   *
   * @param distances of requests to groups; looked at by {@link #SIGNATURE} alone
   * @return {@code [order]} the group of each
   */
  public abstract int[] allocate(
      RequestQueue queue, int[] order, int groups, SignatureDistances distances);

  /** Requests {@code [from, to)} of the order, nearest pairs first, the same number a group. */
  private static void share(
      int[] order, int from, int to, int groups, SignatureDistances distances, int[] groupOf) {
    int count = to - from;
    var pairs =
        IntStream.range(0, count * groups)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingDouble(
                        pair -> distances.of(order[from + pair / groups], pair % groups))
                    .thenComparingInt(pair -> pair))
            .toList();
    var room = new int[groups];
    Arrays.fill(room, count / groups);
    for (int i = 0; i < count % groups; i++) {
      room[i]++;
    }
    var placed = new boolean[count];
    for (int pair : pairs) {
      int request = pair / groups;
      int group = pair % groups;
      if (!placed[request] && room[group] > 0) {
        placed[request] = true;
        room[group]--;
        groupOf[from + request] = group;
      }
    }
  }
}
