package coterie.planner.bound;

import java.util.Arrays;

/**
 * Ascent to the best {@link PairBound}, by the method of {@link PartitionAscent} with a projection
 * onto positive semidefinite matrices. O(experts^3 + pairs of the steps) an iteration.
 */
final class PairAscent {

  private static final int FIRST_RESTART = 100;
  private static final int LAST_RESTART = 400;
  private static final double FIRST_BALANCE = 0.5;

  /** Triangles are cubic in number; beyond this many experts they are left out. */
  private static final int MOST_EXPERTS_WITH_TRIANGLES = 96;

  /** What a triangle's row counts for in the choice of steps; they are many. */
  private static final double TRIANGLE_SCALE = 0.05;

  private static final double CONE_STEP = 0.5;

  private final PairTerms terms;
  private final int experts;
  private final int slotsPerGpu;
  private final int triangles;
  private final double[] weight;
  private final double[] rowStep;
  private final double priceStep;
  private final double[] pairStep;
  private final double[] ahead;
  private final double[] rowValues;
  private final PositivePart cone;

  PairAscent(PairTerms terms, int experts, int slotsPerGpu) {
    this.terms = terms;
    this.experts = experts;
    this.slotsPerGpu = slotsPerGpu;
    triangles = experts <= MOST_EXPERTS_WITH_TRIANGLES ? 3 * (int) Binomial.of(experts, 3) : 0;
    weight = new double[terms.size()];
    rowStep = new double[terms.rows()];
    var scale = new double[terms.size()];
    for (int step = 0; step < terms.size(); step++) {
      weight[step] = terms.weight(step);
      scale[step] = Math.sqrt(weight[step]);
      int from = terms.from(step);
      int n = terms.from(step + 1) - from;
      Arrays.fill(rowStep, from, from + n, 1 / ((n - 1) * scale[step]));
    }
    var ones = new double[terms.rows()];
    Arrays.fill(ones, 1);
    pairStep = new double[experts * experts];
    terms.addCharges(ones, scale, pairStep);
    double others = 4 + (triangles > 0 ? 3 * (experts - 2) * TRIANGLE_SCALE : 0);
    for (int i = 0; i < pairStep.length; i++) {
      pairStep[i] = 1 / (pairStep[i] + others);
    }
    priceStep = 1.0 / (experts - 1);
    ahead = new double[experts * experts];
    rowValues = new double[terms.rows()];
    cone = new PositivePart(experts);
  }

  /** Primal and dual variables together; pairs are upper triangles. */
  private final class Point {
    final double[] shared = new double[experts * experts];
    final double[] mix = new double[terms.rows()];
    final double[] price = new double[experts];
    final double[] triangle = new double[triangles];
    final double[] matrix = new double[experts * experts];
    final double[] reduced = new double[experts * experts];
    double bound;

    private double[][] variables() {
      return new double[][] {shared, mix, price, triangle, matrix};
    }

    void clear() {
      for (var values : variables()) {
        Arrays.fill(values, 0);
      }
    }

    void add(Point other, double factor) {
      var from = other.variables();
      var to = variables();
      for (int v = 0; v < to.length; v++) {
        for (int i = 0; i < to[v].length; i++) {
          to[v][i] += factor * from[v][i];
        }
      }
    }

    void copy(Point other) {
      clear();
      add(other, 1);
      System.arraycopy(other.reduced, 0, reduced, 0, reduced.length);
      bound = other.bound;
    }

    /** The value that holds whatever the multipliers are. */
    void evaluate() {
      Arrays.fill(reduced, 0);
      bound = terms.addCharges(mix, weight, reduced);
      for (int i = 0; i < triangles; i++) {
        bound -= triangle[i];
      }
      chargeTriangles(triangle, reduced);
      for (int a = 0; a < experts; a++) {
        bound += (slotsPerGpu - 1) * price[a] - matrix[a * experts + a];
        for (int b = a + 1; b < experts; b++) {
          int pair = a * experts + b;
          reduced[pair] -= price[a] + price[b] + 2 * matrix[pair];
          bound += Math.min(0, reduced[pair]);
        }
      }
    }
  }

  /** Three triangles a triple a, b, c, with a, b and c in their middle. */
  private void chargeTriangles(double[] triangle, double[] reduced) {
    int at = 0;
    for (int a = 0; at < triangles; a++) {
      for (int b = a + 1; b < experts; b++) {
        for (int c = b + 1; c < experts; c++, at += 3) {
          double middleA = triangle[at];
          double middleB = triangle[at + 1];
          double middleC = triangle[at + 2];
          reduced[a * experts + b] += middleA + middleB - middleC;
          reduced[a * experts + c] += middleA + middleC - middleB;
          reduced[b * experts + c] += middleB + middleC - middleA;
        }
      }
    }
  }

  /** The best bound met, less the trivial one; at least 0. */
  double run(BoundBudget budget) {
    var run = new Run();
    int interval = FIRST_RESTART;
    int since = 0;
    for (int i = 0; i < budget.iterations() && !budget.stop().getAsBoolean(); i++) {
      if (!run.iterate()) {
        break;
      }
      if (++since == interval) {
        run.restart();
        since = 0;
        interval = Math.min(LAST_RESTART, Math.max(FIRST_RESTART, i / 3));
      }
    }
    return run.best;
  }

  /** The state of one ascent. */
  private final class Run {
    private Point now = new Point();
    private Point next = new Point();
    private final Point sum = new Point();
    private final Point mean = new Point();
    private final Point origin = new Point();
    private double summed;
    private double step = 1;
    private double balance = FIRST_BALANCE;
    private int tried;
    double best;

    Run() {
      Arrays.fill(now.shared, (slotsPerGpu - 1.0) / (experts - 1));
      for (int i = 0; i < terms.size(); i++) {
        int n = terms.from(i + 1) - terms.from(i);
        Arrays.fill(now.mix, terms.from(i), terms.from(i + 1), 1.0 / n);
      }
      now.evaluate();
      origin.copy(now);
      best = Math.max(0, now.bound);
    }

    boolean iterate() {
      double taken;
      double limit;
      do {
        tried++;
        advance(now, next, step, balance);
        double movement = (balance * primal(now, next) + dual(now, next) / balance) / 2;
        if (movement == 0) {
          return false;
        }
        limit = movement / interaction(now, next);
        taken = step;
        double bolder = (1 + Math.pow(tried + 1, -0.6)) * step;
        step = Math.min((1 - Math.pow(tried + 1, -0.3)) * limit, bolder);
      } while (taken > limit);
      sum.add(next, taken);
      summed += taken;
      var swapped = now;
      now = next;
      next = swapped;
      best = Math.max(best, now.bound);
      return true;
    }

    void restart() {
      mean.clear();
      mean.add(sum, 1 / summed);
      mean.evaluate();
      best = Math.max(best, mean.bound);
      if (mean.bound > now.bound) {
        now.copy(mean);
      }
      double primal = primal(origin, now);
      double dual = dual(origin, now);
      if (primal > 0 && dual > 0) {
        balance = Math.sqrt(balance * Math.sqrt(dual / primal));
      }
      origin.copy(now);
      sum.clear();
      summed = 0;
    }
  }

  private void advance(Point now, Point next, double step, double balance) {
    for (int a = 0; a < experts; a++) {
      for (int pair = a * experts + a + 1; pair < (a + 1) * experts; pair++) {
        double moved = now.shared[pair] - step / balance * pairStep[pair] * now.reduced[pair];
        next.shared[pair] = Math.max(0, Math.min(1, moved));
        ahead[pair] = 2 * next.shared[pair] - now.shared[pair];
      }
    }
    double ascent = step * balance;
    terms.rowValues(ahead, rowValues);
    for (int row = 0; row < rowValues.length; row++) {
      next.mix[row] = now.mix[row] + ascent * rowStep[row] * rowValues[row];
    }
    for (int i = 0; i < terms.size(); i++) {
      Mixture.project(next.mix, rowStep, terms.from(i), terms.from(i + 1));
    }
    ascendMatrixAndPrices(now, next, ascent);
    ascendTriangles(now, next, ascent);
    next.evaluate();
  }

  private void ascendMatrixAndPrices(Point now, Point next, double ascent) {
    for (int a = 0; a < experts; a++) {
      next.price[a] = now.price[a] + ascent * priceStep * (slotsPerGpu - 1);
      next.matrix[a * experts + a] = now.matrix[a * experts + a] - ascent * CONE_STEP;
    }
    for (int a = 0; a < experts; a++) {
      for (int b = a + 1; b < experts; b++) {
        double p = ahead[a * experts + b];
        next.price[a] -= ascent * priceStep * p;
        next.price[b] -= ascent * priceStep * p;
        double z = now.matrix[a * experts + b] - ascent * CONE_STEP * p;
        next.matrix[a * experts + b] = z;
        next.matrix[b * experts + a] = z;
      }
    }
    cone.project(next.matrix);
  }

  private void ascendTriangles(Point now, Point next, double ascent) {
    double step = ascent * TRIANGLE_SCALE / 3;
    int at = 0;
    for (int a = 0; at < triangles; a++) {
      for (int b = a + 1; b < experts; b++) {
        double ab = ahead[a * experts + b];
        for (int c = b + 1; c < experts; c++, at += 3) {
          double ac = ahead[a * experts + c];
          double bc = ahead[b * experts + c];
          next.triangle[at] = Math.max(0, now.triangle[at] + step * (ab + ac - bc - 1));
          next.triangle[at + 1] = Math.max(0, now.triangle[at + 1] + step * (ab + bc - ac - 1));
          next.triangle[at + 2] = Math.max(0, now.triangle[at + 2] + step * (ac + bc - ab - 1));
        }
      }
    }
  }

  private double primal(Point one, Point other) {
    double sum = 0;
    for (int a = 0; a < experts; a++) {
      for (int pair = a * experts + a + 1; pair < (a + 1) * experts; pair++) {
        double moved = other.shared[pair] - one.shared[pair];
        sum += moved * moved / pairStep[pair];
      }
    }
    return sum;
  }

  private double dual(Point one, Point other) {
    double sum = 0;
    for (int i = 0; i < terms.size(); i++) {
      for (int row = terms.from(i); row < terms.from(i + 1); row++) {
        double moved = other.mix[row] - one.mix[row];
        sum += moved * moved * weight[i] / rowStep[row];
      }
    }
    return sum
        + squares(one.price, other.price) / priceStep
        + squares(one.triangle, other.triangle) / (TRIANGLE_SCALE / 3)
        + squares(one.matrix, other.matrix) / CONE_STEP;
  }

  private static double squares(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (other[i] - one[i]) * (other[i] - one[i]);
    }
    return sum;
  }

  private double interaction(Point one, Point other) {
    double sum = 0;
    for (int a = 0; a < experts; a++) {
      for (int pair = a * experts + a + 1; pair < (a + 1) * experts; pair++) {
        sum += (other.shared[pair] - one.shared[pair]) * (other.reduced[pair] - one.reduced[pair]);
      }
    }
    return Math.abs(sum) + Double.MIN_NORMAL;
  }
}
