package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The dense counts of a layer of a leaf in some of its blocks: they add up to those of all of them.
 */
public final class LayerCounts implements Serializable {

  private static final long serialVersionUID = 1;

  private final int experts;
  private final long[] pairs;
  private final long[] transitions;
  private final long[] sizes;
  private final long[] gateUnits;
  private final TreeMap<Integer, WindowLoad> windows;
  private final TreeMap<Integer, WindowLoad> ingestDays;

  /** Tokens of a window, and of these those that called each expert. */
  static final class WindowLoad implements Serializable {

    private static final long serialVersionUID = 1;

    long tokens;
    final long[] loads;

    WindowLoad(int experts) {
      loads = new long[experts];
    }

    void add(long moreTokens, long[] moreLoads) {
      tokens += moreTokens;
      LayerCounts.add(loads, moreLoads);
    }
  }

  /**
   * Counts to be filled in.
   *
   * @param pairs {@code [a * experts + b]} for {@code a < b}
   * @param transitions {@code [expert * experts + next expert]}; empty in the last layer
   * @param sizes tokens by the number of experts that they call, 0 to top-k
   * @param gateUnits sums of gate weights by expert; null if some block has none
   */
  LayerCounts(int experts, long[] pairs, long[] transitions, long[] sizes, long[] gateUnits) {
    this.experts = experts;
    this.pairs = pairs;
    this.transitions = transitions;
    this.sizes = sizes;
    this.gateUnits = gateUnits;
    windows = new TreeMap<>();
    ingestDays = new TreeMap<>();
  }

  void addWindow(int window, long tokens, long[] loads) {
    windows.computeIfAbsent(window, w -> new WindowLoad(experts)).add(tokens, loads);
  }

  void addIngestDay(int day, long tokens, long[] loads) {
    ingestDays.computeIfAbsent(day, d -> new WindowLoad(experts)).add(tokens, loads);
  }

  /** Adds the counts of other blocks; both may be used up. */
  public LayerCounts merge(LayerCounts other) {
    boolean weighed = gateUnits != null && other.gateUnits != null;
    var merged =
        new LayerCounts(
            experts,
            add(pairs, other.pairs),
            add(transitions, other.transitions),
            add(sizes, other.sizes),
            weighed ? add(gateUnits, other.gateUnits) : null);
    merged.windows.putAll(windows);
    other.windows.forEach((w, load) -> merged.addWindow(w, load.tokens, load.loads));
    merged.ingestDays.putAll(ingestDays);
    other.ingestDays.forEach((d, load) -> merged.addIngestDay(d, load.tokens, load.loads));
    return merged;
  }

  private static long[] add(long[] sums, long[] more) {
    for (int i = 0; i < more.length; i++) {
      sums[i] += more[i];
    }
    return sums;
  }

  int experts() {
    return experts;
  }

  /** Tokens that called each expert. */
  public long[] loads() {
    var loads = new long[experts];
    windows.values().forEach(window -> add(loads, window.loads));
    return loads;
  }

  long pair(int a, int b) {
    return pairs[a * experts + b];
  }

  boolean hasNext() {
    return transitions.length > 0;
  }

  long transition(int expert, int next) {
    return transitions[expert * experts + next];
  }

  /** Tokens by the number of experts that they call; not copied. */
  long[] sizes() {
    return sizes;
  }

  /** Sums of gate weights in units of {@link Float16s#UNIT}; null if some block has none. */
  long[] gateUnits() {
    return gateUnits;
  }

  SortedMap<Integer, WindowLoad> windows() {
    return windows;
  }

  SortedMap<Integer, WindowLoad> ingestDays() {
    return ingestDays;
  }
}
