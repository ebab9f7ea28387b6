package coterie.analytics.compare;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.table.DriftTable;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Decides which sides are compared with which. */
final class ComparisonPlanner {

  private ComparisonPlanner() {}

  /**
   * A leaf, or a token window of one.
   *
   * @param window null for the whole leaf
   * @param requests null if some blocks have no request id
   */
  record Extent(Leaf leaf, Integer window, long tokens, Long requests) {

    Group group() {
      return new Group(leaf.model(), leaf.revision(), leaf.phase());
    }
  }

  /** What {@code drift} compares. */
  static Map<Group, Comparisons> drift(List<Extent> leaves, List<Extent> windows) {
    var comparisons = new HashMap<Group, Comparisons>();
    leaves.forEach(leaf -> addLeaf(leaf, of(comparisons, leaf)));
    windows.forEach(window -> addWindow(window, of(comparisons, window)));
    comparisons.values().forEach(ComparisonPlanner::pairDrift);
    return comparisons;
  }

  /** What {@code similarity} compares. */
  static Map<Group, Comparisons> similarity(List<Extent> leaves) {
    var comparisons = new HashMap<Group, Comparisons>();
    leaves.forEach(leaf -> addLeaf(leaf, of(comparisons, leaf)));
    comparisons
        .values()
        .forEach(
            group -> {
              pairAll(group, group.ofKind(DriftTable.DATASET));
              pairAll(group, group.ofKind(DriftTable.WORKLOAD));
            });
    return comparisons;
  }

  private static Comparisons of(Map<Group, Comparisons> comparisons, Extent extent) {
    return comparisons.computeIfAbsent(extent.group(), group -> new Comparisons());
  }

  private static void addLeaf(Extent extent, Comparisons group) {
    var leaf = extent.leaf();
    add(group, new Side(DriftTable.DATASET, leaf.dataset(), null, null, null), extent);
    if (leaf.workload() != null) {
      add(
          group,
          new Side(DriftTable.WORKLOAD, leaf.dataset(), leaf.workload(), null, null),
          extent);
    }
    if (leaf.day() != null) {
      add(group, new Side(DriftTable.DAY, leaf.dataset(), null, leaf.day(), null), extent);
    }
  }

  private static void addWindow(Extent extent, Comparisons group) {
    var leaf = extent.leaf();
    var side =
        new Side(DriftTable.WINDOW, leaf.dataset(), leaf.workload(), leaf.day(), extent.window());
    add(group, side, extent);
  }

  private static void add(Comparisons group, Side side, Extent extent) {
    group.add(side, extent.leaf(), extent.window(), extent.tokens(), extent.requests());
  }

  private static void pairDrift(Comparisons group) {
    pairAll(group, group.ofKind(DriftTable.DATASET));
    byDataset(group, DriftTable.WORKLOAD).forEach(sides -> pairAll(group, sides));
    byDataset(group, DriftTable.DAY).forEach(sides -> pairAll(group, latest(sides)));
    var windows = group.ofKind(DriftTable.WINDOW);
    for (int i = 1; i < windows.size(); i++) {
      int first = i - windows.get(i).window();
      if (windows.get(i).window() > 0
          && first >= 0
          && sameLeaf(windows.get(first), windows.get(i))) {
        group.compare(windows.get(i - 1), windows.get(i));
        if (first < i - 1) {
          group.compare(windows.get(first), windows.get(i));
        }
      }
    }
  }

  private static boolean sameLeaf(Side one, Side other) {
    return one.dataset().equals(other.dataset())
        && Objects.equals(one.workload(), other.workload())
        && Objects.equals(one.day(), other.day());
  }

  private static List<List<Side>> byDataset(Comparisons group, String kind) {
    return List.copyOf(
        group.ofKind(kind).stream().collect(Collectors.groupingBy(Side::dataset)).values());
  }

  private static List<Side> latest(List<Side> days) {
    var latest =
        days.stream()
            .map(Side::day)
            .sorted(Comparator.<LocalDate>naturalOrder().reversed())
            .limit(DriftTable.MAX_DAYS)
            .collect(Collectors.toSet());
    return days.stream().filter(side -> latest.contains(side.day())).toList();
  }

  private static void pairAll(Comparisons group, List<Side> sides) {
    for (int left = 0; left < sides.size(); left++) {
      for (int right = left + 1; right < sides.size(); right++) {
        group.compare(sides.get(left), sides.get(right));
      }
    }
  }
}
