package coterie.analytics.compare;

import coterie.analytics.kernel.Leaf;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sides of a group and the pairs of them that are compared.
 *
 * <p>A row of the statistics, of a leaf or of a token window of it, belongs to a few sides, so one
 * pass over the rows fills all of them.
 */
final class Comparisons implements Serializable {

  private static final long serialVersionUID = 1;

  /** What rows are told apart by; the window is null for the whole leaf. */
  private record Cell(Leaf leaf, Integer window) implements Serializable {}

  /** What a side holds in all. */
  static final class Extent implements Serializable {

    private static final long serialVersionUID = 1;

    private long tokens;
    private long requests;
    private boolean named = true;

    long tokens() {
      return tokens;
    }

    /** Null if some blocks have no request id. */
    Long requests() {
      return named ? requests : null;
    }

    boolean named() {
      return named;
    }
  }

  /** Two sides that are compared, by their numbers. */
  record Pair(int left, int right) implements Serializable {}

  private final List<Side> sides = new ArrayList<>();
  private final List<Extent> extents = new ArrayList<>();
  private final Map<Side, Integer> numbers = new HashMap<>();
  private final Map<Cell, List<Integer>> ofCell = new HashMap<>();
  private final List<Pair> pairs = new ArrayList<>();

  /**
   * Makes a leaf, or a token window of it, part of a side.
   *
   * @param requests null if some blocks have no request id
   */
  void add(Side side, Leaf leaf, Integer window, long tokens, Long requests) {
    int number = numbers.computeIfAbsent(side, this::number);
    ofCell.computeIfAbsent(new Cell(leaf, window), cell -> new ArrayList<>()).add(number);
    var extent = extents.get(number);
    extent.tokens += tokens;
    extent.requests += requests == null ? 0 : requests;
    extent.named &= requests != null;
  }

  private int number(Side side) {
    sides.add(side);
    extents.add(new Extent());
    return sides.size() - 1;
  }

  void compare(Side left, Side right) {
    pairs.add(new Pair(numbers.get(left), numbers.get(right)));
  }

  /** Numbers of the sides that a row belongs to; the window is null for the whole leaf. */
  List<Integer> sidesOf(Leaf leaf, Integer window) {
    return ofCell.getOrDefault(new Cell(leaf, window), List.of());
  }

  /** The sides of one kind, in order. */
  List<Side> ofKind(String kind) {
    return sides.stream().filter(side -> side.kind().equals(kind)).sorted().toList();
  }

  Side side(int number) {
    return sides.get(number);
  }

  Extent extent(int number) {
    return extents.get(number);
  }

  int size() {
    return sides.size();
  }

  List<Pair> pairs() {
    return pairs;
  }
}
