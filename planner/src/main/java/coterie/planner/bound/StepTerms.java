package coterie.planner.bound;

import coterie.planner.model.StepUnions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a GPU's set S of experts adds to the cost of steps, as linear functions of sums over sets.
 *
 * <p>A step A of n experts has q = {@code ceil(n / G)} and rows. The <i>star</i> of an expert a in
 * A charges {@code (|S and A| - q)+} to the set that holds a; an {@link OccupancyRow} charges
 * {@code phi(|S and A|)} to every set. In any placement the sum over GPUs of each row is at most
 * the step's maximum minus q, and so is the sum of a mixture of rows.
 *
 * <p>Both are written over subsets T of A: {@code (|X| - q)+ [a in X] = sum over T in X with a in T
 * of star[|T|]}, so that charges and their transpose are sums over a {@link SubsetLattice}. Only
 * steps that can cost more than q are kept, identical ones merged.
 *
 * <p>A mixture is a vector {@code mix[rowsFrom(i) .. rowsFrom(i + 1))} for step i: its stars in the
 * order of its experts, then its occupancy rows; not negative, sum at most 1.
 */
final class StepTerms {

  private final int largest;
  private final int size;
  private final double[] weight;
  private final int[] distinct;
  private final int[][] members;
  private final double[][] star;
  private final List<List<OccupancyRow>> occupancy;
  private final int[] rowsFrom;

  /** Of each step: numbers of its subsets, their sizes, and where their experts are in the step. */
  private final int[][] subset;

  private final byte[][] subsetSize;
  private final byte[][] position;

  private final int[] threshold;

  /**
   * Compiles steps.
   *
   * @param exactParts true if the sets of all GPUs partition the experts into parts of {@code
   *     lattice.largest()}; occupancy rows hold only then
   */
  StepTerms(StepUnions steps, int gpus, SubsetLattice lattice, boolean exactParts) {
    largest = lattice.largest();
    var merged = merge(steps, gpus, largest);
    size = merged.size();
    weight = new double[size];
    distinct = new int[size];
    threshold = new int[size];
    members = new int[size][];
    star = new double[size][];
    occupancy = new ArrayList<>();
    rowsFrom = new int[size + 1];
    subset = new int[size][];
    subsetSize = new byte[size][];
    position = new byte[size][];
    Map<Integer, List<OccupancyRow>> facets = new HashMap<>();
    int step = 0;
    for (var entry : merged.entrySet()) {
      members[step] = entry.getKey().stream().mapToInt(Integer::intValue).toArray();
      weight[step] = entry.getValue();
      int n = members[step].length;
      distinct[step] = n;
      threshold[step] = (n + gpus - 1) / gpus;
      star[step] = starWeights(threshold[step], largest);
      occupancy.add(
          exactParts
              ? facets.computeIfAbsent(
                  n, k -> OccupancyRow.facets(k, gpus, largest, lattice.experts()))
              : List.of());
      rowsFrom[step + 1] = rowsFrom[step] + n + occupancy.get(step).size();
      compile(step, lattice);
      step++;
    }
  }

  private static Map<List<Integer>, Double> merge(StepUnions steps, int gpus, int largest) {
    Map<List<Integer>, Double> merged = new LinkedHashMap<>();
    for (int step = 0; step < steps.size(); step++) {
      int n = steps.distinct(step);
      if ((n + gpus - 1) / gpus < Math.min(n, largest)) {
        var key = new ArrayList<Integer>(n);
        for (int i = steps.from(step); i < steps.to(step); i++) {
          key.add(steps.member(i));
        }
        merged.merge(key, steps.weight(step), Double::sum);
      }
    }
    return merged;
  }

  /** {@code star[t]} such that {@code (x - q)+ = sum over t of C(x - 1, t - 1) * star[t]}. */
  private static double[] starWeights(int q, int largest) {
    var star = new double[largest + 1];
    for (int x = 1; x <= largest; x++) {
      star[x] = Math.max(0, x - q);
      for (int t = 1; t < x; t++) {
        star[x] -= Binomial.of(x - 1, t - 1) * star[t];
      }
    }
    return star;
  }

  private void compile(int step, SubsetLattice lattice) {
    int n = distinct[step];
    int smallest = occupancy.get(step).isEmpty() ? threshold[step] + 1 : 0;
    int biggest = Math.min(largest, n);
    int count = 0;
    for (int t = smallest; t <= biggest; t++) {
      count += (int) Binomial.of(n, t);
    }
    subset[step] = new int[count];
    subsetSize[step] = new byte[count];
    position[step] = new byte[count * largest];
    int at = 0;
    for (int t = smallest; t <= biggest; t++) {
      var chosen = new Combinations(n, t);
      do {
        subset[step][at] = lattice.number(members[step], chosen, t);
        subsetSize[step][at] = (byte) t;
        for (int i = 0; i < t; i++) {
          position[step][at * largest + i] = (byte) chosen.member(i);
        }
        at++;
      } while (chosen.next());
    }
  }

  /** Number of steps kept. */
  int size() {
    return size;
  }

  /** Length of a mixture. */
  int rows() {
    return rowsFrom[size];
  }

  /** Where the rows of a step begin in a mixture. */
  int rowsFrom(int step) {
    return rowsFrom[step];
  }

  /** Distinct experts of a step: so many of its rows are stars. */
  int distinct(int step) {
    return distinct[step];
  }

  /** {@code ceil(n / G)}. */
  int threshold(int step) {
    return threshold[step];
  }

  double weight(int step) {
    return weight[step];
  }

  List<OccupancyRow> occupancy(int step) {
    return occupancy.get(step);
  }

  /**
   * Adds the charges of a mixture to {@code values[T]}; summed over subsets they are what each set
   * of a GPU costs.
   *
   * @param scale {@code [step]} what the mixture of each step counts for
   * @return what the constants of the rows add up to
   */
  double addCharges(double[] mix, double[] scale, double[] values) {
    double constant = 0;
    var perSize = new double[largest + 1];
    for (int step = 0; step < size; step++) {
      int n = distinct[step];
      int from = rowsFrom[step];
      Arrays.fill(perSize, 0);
      for (int r = 0; r < occupancy.get(step).size(); r++) {
        double share = scale[step] * mix[from + n + r];
        if (share != 0) {
          var row = occupancy.get(step).get(r);
          constant += share * row.constant();
          for (int t = 0; t <= largest; t++) {
            perSize[t] += share * row.moebius().get(t);
          }
        }
      }
      var sets = subset[step];
      var sizes = subsetSize[step];
      var places = position[step];
      for (int i = 0, base = 0; i < sets.length; i++, base += largest) {
        int t = sizes[i];
        double charge = perSize[t];
        double perStar = scale[step] * star[step][t];
        if (perStar != 0) {
          double stars = 0;
          for (int j = base; j < base + t; j++) {
            stars += mix[from + places[j]];
          }
          charge += perStar * stars;
        }
        values[sets[i]] += charge;
      }
    }
    return constant;
  }

  /**
   * The transpose: what each row of a step adds up to.
   *
   * @param moments {@code [T]} how many GPUs hold all of T
   * @param out {@code [rows()]}
   */
  void rowValues(double[] moments, double[] out) {
    Arrays.fill(out, 0);
    var perSize = new double[largest + 1];
    for (int step = 0; step < size; step++) {
      int from = rowsFrom[step];
      Arrays.fill(perSize, 0);
      var sets = subset[step];
      var sizes = subsetSize[step];
      var places = position[step];
      for (int i = 0, base = 0; i < sets.length; i++, base += largest) {
        int t = sizes[i];
        double moment = moments[sets[i]];
        perSize[t] += moment;
        double charge = moment * star[step][t];
        if (charge != 0) {
          for (int j = base; j < base + t; j++) {
            out[from + places[j]] += charge;
          }
        }
      }
      int at = from + distinct[step];
      for (var row : occupancy.get(step)) {
        double value = row.constant();
        for (int t = 0; t <= largest; t++) {
          value += row.moebius().get(t) * perSize[t];
        }
        out[at++] = value;
      }
    }
  }
}
