package coterie.planner.bound;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A function phi of a GPU's share x of a step's n experts such that {@code constant + sum over GPUs
 * of phi(x) <= max - ceil(n / G)} however the n experts are spread.
 *
 * <p>The best such functions are the facets of the lower envelope of the maximum over all ways to
 * write n as G shares of at most m, in the coordinates {@code sum of C(x, t)}, t = 2..m (those for
 * t = 0 and 1 are G and n). There are a few dozen ways, so every candidate through m of them is
 * tried. A function linear in x adds up to a constant; it is chosen to make phi small where shares
 * are likely, which only matters to how fast an ascent goes.
 *
 * @param constant see above
 * @param moebius {@code [t]} weight of each t-subset of the step on the GPU: {@code phi(x) = sum
 *     over t of C(x, t) * moebius[t]}
 * @param size sum of {@code |phi|} over all GPUs' possible sets
 */
record OccupancyRow(double constant, List<Double> moebius, double size) {

  /** Taken off each constant, so that rounding cannot make a row claim too much. */
  private static final double MARGIN = 1e-12;

  private static final double TOLERANCE = 1e-9;

  /** With more candidates the search for facets would take longer than they are worth. */
  private static final double MOST_CANDIDATES = 1e6;

  OccupancyRow {
    moebius = List.copyOf(moebius);
  }

  /** The facets for steps of n of the {@code experts} experts on GPUs that hold m each. */
  static List<OccupancyRow> facets(int n, int gpus, int m, int experts) {
    var points = new ArrayList<double[]>();
    spread(n, gpus, m, new int[gpus], 0, m, points);
    int dimensions = m - 1;
    double candidates = Binomial.of(points.size(), dimensions + 1);
    if (dimensions < 1 || candidates < 1 || candidates > MOST_CANDIDATES) {
      return List.of();
    }
    var rows = new ArrayList<OccupancyRow>();
    Set<String> seen = new HashSet<>();
    var chosen = new Combinations(points.size(), dimensions + 1);
    do {
      var plane = through(points, chosen, dimensions);
      if (plane != null && supports(plane, points) && seen.add(rounded(plane))) {
        rows.add(row(plane, points, n, gpus, m, experts));
      }
    } while (chosen.next());
    return List.copyOf(rows);
  }

  /** Points {@code [C2, C3, .., Cm, max - ceil(n / G)]}, one for each way to fall in shares. */
  private static void spread(
      int left, int gpus, int most, int[] shares, int gpu, int m, List<double[]> points) {
    if (gpu == gpus) {
      points.add(point(shares, m));
      return;
    }
    for (int x = Math.min(most, left); x >= 0 && x * (gpus - gpu) >= left; x--) {
      shares[gpu] = x;
      spread(left - x, gpus, x, shares, gpu + 1, m, points);
    }
  }

  private static double[] point(int[] shares, int m) {
    int n = Arrays.stream(shares).sum();
    var point = new double[m];
    for (int x : shares) {
      for (int t = 2; t <= x; t++) {
        point[t - 2] += Binomial.of(x, t);
      }
    }
    point[m - 1] = shares[0] - (n + shares.length - 1) / shares.length;
    return point;
  }

  /**
   * Constant and slopes of the plane through the chosen points, or null if they do not span one.
   */
  private static double[] through(List<double[]> points, Combinations chosen, int dimensions) {
    int unknowns = dimensions + 1;
    var rows = new double[unknowns][unknowns + 1];
    for (int i = 0; i < unknowns; i++) {
      var point = points.get(chosen.member(i));
      rows[i][0] = 1;
      System.arraycopy(point, 0, rows[i], 1, dimensions);
      rows[i][unknowns] = point[point.length - 1];
    }
    return solve(rows);
  }

  /** Gauss-Jordan with partial pivots; null if singular. */
  private static double[] solve(double[][] rows) {
    int n = rows.length;
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int r = column; r < n; r++) {
        if (Math.abs(rows[r][column]) > Math.abs(rows[pivot][column])) {
          pivot = r;
        }
      }
      if (Math.abs(rows[pivot][column]) < TOLERANCE) {
        return null;
      }
      var swapped = rows[column];
      rows[column] = rows[pivot];
      rows[pivot] = swapped;
      for (int r = 0; r < n; r++) {
        double factor = r == column ? 0 : rows[r][column] / rows[column][column];
        for (int c = column; factor != 0 && c <= n; c++) {
          rows[r][c] -= factor * rows[column][c];
        }
      }
    }
    var solution = new double[n];
    for (int i = 0; i < n; i++) {
      solution[i] = rows[i][n] / rows[i][i];
    }
    return solution;
  }

  private static double above(double[] plane, double[] point) {
    double value = plane[0];
    for (int t = 1; t < plane.length; t++) {
      value += plane[t] * point[t - 1];
    }
    return value - point[point.length - 1];
  }

  private static boolean supports(double[] plane, List<double[]> points) {
    boolean level = Arrays.stream(plane).skip(1).allMatch(slope -> Math.abs(slope) < TOLERANCE);
    return !level && points.stream().allMatch(point -> above(plane, point) < TOLERANCE);
  }

  private static String rounded(double[] plane) {
    return Arrays.toString(Arrays.stream(plane).map(v -> Math.rint(v * 1e6)).toArray());
  }

  private static OccupancyRow row(
      double[] plane, List<double[]> points, int n, int gpus, int m, int experts) {
    double worst = points.stream().mapToDouble(point -> above(plane, point)).max().orElse(0);
    var phi = new double[m + 1];
    for (int x = 0; x <= m; x++) {
      for (int t = 2; t <= m; t++) {
        phi[x] += plane[t - 1] * Binomial.of(x, t);
      }
    }
    double size = Double.POSITIVE_INFINITY;
    double slope = 0;
    double level = 0;
    for (int x = 0; x < m; x++) {
      for (int z = x + 1; z <= m; z++) {
        double triedSlope = (phi[z] - phi[x]) / (z - x);
        double triedLevel = phi[x] - triedSlope * x;
        double triedSize = size(phi, triedLevel, triedSlope, n, experts);
        if (triedSize < size) {
          size = triedSize;
          slope = triedSlope;
          level = triedLevel;
        }
      }
    }
    var moebius = new ArrayList<Double>();
    for (int t = 0; t <= m; t++) {
      double weight = phi[t] - level - slope * t;
      for (int s = 0; s < t; s++) {
        weight -= Binomial.of(t, s) * moebius.get(s);
      }
      moebius.add(Math.abs(weight) < MARGIN ? 0 : weight);
    }
    double constant = plane[0] - Math.max(0, worst) + level * gpus + slope * n;
    // Rounding of the weights moves a sum of phi by far less than this.
    return new OccupancyRow(constant - 1e3 * MARGIN, moebius, size);
  }

  private static double size(double[] phi, double level, double slope, int n, int experts) {
    int m = phi.length - 1;
    double size = 0;
    for (int x = 0; x <= m; x++) {
      double ways = Binomial.of(n, x) * Binomial.of(experts - n, m - x);
      size += ways * Math.abs(phi[x] - level - slope * x);
    }
    return size;
  }
}
