package coterie.planner.bound;

import java.util.Arrays;

/**
 * Ascent to the best {@link PartitionBound}.
 *
 * <p>Primal-dual hybrid gradient (Chambolle, Pock, J. Math. Imaging Vis. 2011) with diagonal steps
 * (Pock, Chambolle, ICCV 2011). How far a step may go is found as it goes, the balance of primal
 * and dual steps is set anew at each restart, and a restart begins from the average where that is
 * better (Applegate et al., "Practical large-scale linear programming using primal-dual hybrid
 * gradient", NeurIPS 2021). We depart from the last in restarting at growing intervals, and in
 * judging by the safe dual value, which is what is wanted. O(members of the lattice's sets +
 * subsets of the steps) an iteration.
 */
final class PartitionAscent {

  private static final int FIRST_RESTART = 100;
  private static final int LAST_RESTART = 800;

  /**
   * Iterations after which an ascent that has proven nothing gives up. With spares most layers
   * never rise above the trivial bound, and those that do have begun to by then.
   */
  private static final int HOPELESS_AFTER = 60;

  /** Dual steps over primal steps at the start; each restart moves it to what was travelled. */
  private static final double FIRST_BALANCE = 0.5;

  private final SubsetLattice lattice;
  private final StepTerms terms;
  private final int gpus;
  private final int spares;

  /** True if every GPU holds exactly {@code lattice.largest()} single experts. */
  private final boolean exactParts;

  /** Number of the first set that a GPU may hold. */
  private final int firstSet;

  /** Steps of the sets, of the prices, of the number of sets, and of rows. */
  private final double[] setStep;

  private final double priceStep;
  private final double totalStep;
  private final double[] rowStep;

  private final double[] weight;
  private final double[] moments;
  private final double[] rowValues;
  private final double[] ahead;
  private final double[] takenAhead;

  PartitionAscent(
      SubsetLattice lattice, StepTerms terms, int gpus, int spares, boolean exactParts) {
    this.exactParts = exactParts;
    this.lattice = lattice;
    this.terms = terms;
    this.gpus = gpus;
    this.spares = spares;
    firstSet = exactParts ? lattice.first(lattice.largest()) : 0;
    weight = new double[terms.size()];
    for (int step = 0; step < weight.length; step++) {
      weight[step] = terms.weight(step);
    }
    moments = new double[lattice.size()];
    rowValues = new double[terms.rows()];
    ahead = new double[lattice.size()];
    takenAhead = new double[lattice.experts()];
    setStep = setSteps();
    rowStep = rowSteps();
    double holders = 1;
    for (int size = exactParts ? lattice.largest() : 1; size <= lattice.largest(); size++) {
      holders += Binomial.of(lattice.experts() - 1, size - 1);
    }
    priceStep = 1 / holders;
    totalStep = 1.0 / (lattice.size() - firstSet);
  }

  /** One over the column sums; a row of step i counts for the square root of its weight. */
  private double[] setSteps() {
    var stars = new double[terms.rows()];
    var scale = new double[terms.size()];
    for (int step = 0; step < terms.size(); step++) {
      int from = terms.rowsFrom(step);
      Arrays.fill(stars, from, from + terms.distinct(step), 1);
      scale[step] = Math.sqrt(weight[step]);
    }
    var columns = new double[lattice.size()];
    terms.addCharges(stars, scale, columns);
    lattice.sumOverSubsets(columns);
    var steps = new double[lattice.size()];
    for (int size = 0; size <= lattice.largest(); size++) {
      for (int set = lattice.first(size); set < lattice.first(size + 1); set++) {
        steps[set] = 1 / (columns[set] + size + (exactParts ? 0 : 1));
      }
    }
    return steps;
  }

  private double[] rowSteps() {
    var steps = new double[terms.rows()];
    for (int step = 0; step < terms.size(); step++) {
      int n = terms.distinct(step);
      int others = lattice.experts() - n;
      double sum = 0;
      for (int size = exactParts ? lattice.largest() : 1; size <= lattice.largest(); size++) {
        for (int x = terms.threshold(step) + 1; x <= size; x++) {
          sum +=
              Binomial.of(n - 1, x - 1)
                  * Binomial.of(others, size - x)
                  * (x - terms.threshold(step));
        }
      }
      int from = terms.rowsFrom(step);
      double perMixture = 1 / Math.sqrt(weight[step]);
      Arrays.fill(steps, from, from + n, perMixture / sum);
      for (int r = 0; r < terms.occupancy(step).size(); r++) {
        steps[from + n + r] = perMixture / terms.occupancy(step).get(r).size();
      }
    }
    return steps;
  }

  /** Prices and mixtures: what a bound is computed from. */
  private final class Dual {
    final double[] price = new double[lattice.experts()];
    final double[] mix = new double[terms.rows()];
    double total;

    /** {@code [set]} its charges less its prices. */
    final double[] reduced = new double[lattice.size()];

    double bound;

    void add(Dual other, double factor) {
      addTo(price, other.price, factor);
      addTo(mix, other.mix, factor);
      total += factor * other.total;
    }

    void clear() {
      Arrays.fill(price, 0);
      Arrays.fill(mix, 0);
      total = 0;
    }

    /** The value that holds whatever the prices and mixtures are. */
    void evaluate() {
      double constant = price();
      double least = Double.POSITIVE_INFINITY;
      for (int set = firstSet; set < reduced.length; set++) {
        least = Math.min(least, reduced[set]);
      }
      double covered = 0;
      for (double p : price) {
        covered += p;
      }
      bound = constant + covered - CappedSum.largest(price, spares) + gpus * least;
    }

    /** Fills {@link #reduced}. */
    double price() {
      Arrays.fill(reduced, 0);
      double constant = terms.addCharges(mix, weight, reduced);
      for (int expert = 0; expert < price.length; expert++) {
        reduced[lattice.first(1) + expert] -= price[expert];
      }
      lattice.sumOverSubsets(reduced);
      return constant;
    }
  }

  private static void addTo(double[] target, double[] values, double factor) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * values[i];
    }
  }

  /** The best bound met, less the trivial one; at least 0. */
  double run(BoundBudget budget) {
    var run = new Run();
    int interval = FIRST_RESTART;
    int since = 0;
    for (int i = 0; i < budget.iterations() && !budget.stop().getAsBoolean(); i++) {
      if (!run.iterate() || (i >= HOPELESS_AFTER && run.best == 0)) {
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
    private Point now = new Point(start());
    private Point next = new Point(new Dual());
    private final Point sum = new Point(new Dual());
    private final Point mean = new Point(new Dual());
    private final Point origin = new Point(new Dual());
    private double summed;
    private double step = 1;
    private double balance = FIRST_BALANCE;
    private int tried;
    double best;

    Run() {
      int sets = lattice.size();
      Arrays.fill(now.lambda, firstSet, sets, (double) gpus / (sets - firstSet));
      Arrays.fill(now.taken, (double) Math.min(spares, lattice.experts()) / lattice.experts());
      now.dual.evaluate();
      origin.copy(now);
      best = Math.max(0, now.dual.bound);
    }

    /** One step of the longest length that is safe; false once nothing moves any more. */
    boolean iterate() {
      double taken;
      double limit;
      do {
        tried++;
        advance(now, next, step, balance);
        double movement = movement(now, next, balance);
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
      best = Math.max(best, now.dual.bound);
      return true;
    }

    /** Goes on from the average since the last restart if it is better than the last point. */
    void restart() {
      mean.clear();
      mean.add(sum, 1 / summed);
      mean.dual.evaluate();
      best = Math.max(best, mean.dual.bound);
      if (mean.dual.bound > now.dual.bound) {
        now.copy(mean);
      }
      balance = rebalanced(balance, origin, now);
      origin.copy(now);
      sum.clear();
      summed = 0;
    }
  }

  /** Primal and dual variables together. */
  private final class Point {
    final double[] lambda = new double[lattice.size()];
    final double[] taken = new double[lattice.experts()];
    final Dual dual;

    Point(Dual dual) {
      this.dual = dual;
    }

    void clear() {
      Arrays.fill(lambda, 0);
      Arrays.fill(taken, 0);
      dual.clear();
    }

    void add(Point other, double factor) {
      addTo(lambda, other.lambda, factor);
      addTo(taken, other.taken, factor);
      dual.add(other.dual, factor);
    }

    void copy(Point other) {
      clear();
      add(other, 1);
      System.arraycopy(other.dual.reduced, 0, dual.reduced, 0, dual.reduced.length);
      dual.bound = other.dual.bound;
    }
  }

  private void advance(Point now, Point next, double step, double balance) {
    double primal = step / balance;
    for (int set = firstSet; set < ahead.length; set++) {
      double gradient = now.dual.reduced[set] - now.dual.total;
      next.lambda[set] = Math.max(0, now.lambda[set] - primal * setStep[set] * gradient);
      ahead[set] = 2 * next.lambda[set] - now.lambda[set];
    }
    for (int expert = 0; expert < takenAhead.length; expert++) {
      next.taken[expert] = now.taken[expert] + primal * now.dual.price[expert];
    }
    CappedSum.project(next.taken, spares);
    for (int expert = 0; expert < takenAhead.length; expert++) {
      takenAhead[expert] = 2 * next.taken[expert] - now.taken[expert];
    }
    next.dual.clear();
    next.dual.add(now.dual, 1);
    ascend(next.dual, ahead, takenAhead, step * balance);
    for (int i = 0; i < terms.size(); i++) {
      Mixture.project(next.dual.mix, rowStep, terms.rowsFrom(i), terms.rowsFrom(i + 1));
    }
    next.dual.evaluate();
  }

  private double rebalanced(double balance, Point origin, Point now) {
    double primal = primalDistance(origin, now);
    double dual = dualDistance(origin, now);
    return primal > 0 && dual > 0 ? Math.sqrt(balance * Math.sqrt(dual / primal)) : balance;
  }

  /** Half of the squared distance in the norm of the steps. */
  private double movement(Point now, Point next, double balance) {
    return (balance * primalDistance(now, next) + dualDistance(now, next) / balance) / 2;
  }

  private double primalDistance(Point now, Point next) {
    double sum = 0;
    for (int set = firstSet; set < ahead.length; set++) {
      double moved = next.lambda[set] - now.lambda[set];
      sum += moved * moved / setStep[set];
    }
    for (int expert = 0; expert < takenAhead.length; expert++) {
      double moved = next.taken[expert] - now.taken[expert];
      sum += moved * moved;
    }
    return sum;
  }

  private double dualDistance(Point now, Point next) {
    double sum = 0;
    for (int i = 0; i < terms.size(); i++) {
      for (int row = terms.rowsFrom(i); row < terms.rowsFrom(i + 1); row++) {
        double moved = next.dual.mix[row] - now.dual.mix[row];
        sum += moved * moved * weight[i] / rowStep[row];
      }
    }
    for (int expert = 0; expert < takenAhead.length; expert++) {
      double moved = next.dual.price[expert] - now.dual.price[expert];
      sum += moved * moved / priceStep;
    }
    double moved = next.dual.total - now.dual.total;
    return sum + moved * moved / totalStep;
  }

  /** How strongly the two movements act on each other through the operator. */
  private double interaction(Point now, Point next) {
    double sum = 0;
    for (int set = firstSet; set < ahead.length; set++) {
      double moved = next.lambda[set] - now.lambda[set];
      double reduced = next.dual.reduced[set] - now.dual.reduced[set];
      sum += moved * (reduced - (next.dual.total - now.dual.total));
    }
    for (int expert = 0; expert < takenAhead.length; expert++) {
      double moved = next.taken[expert] - now.taken[expert];
      sum -= moved * (next.dual.price[expert] - now.dual.price[expert]);
    }
    return Math.abs(sum) + Double.MIN_NORMAL;
  }

  /** Stars alike, prices zero. */
  private Dual start() {
    var dual = new Dual();
    for (int step = 0; step < terms.size(); step++) {
      int from = terms.rowsFrom(step);
      Arrays.fill(dual.mix, from, from + terms.distinct(step), 1.0 / terms.distinct(step));
    }
    return dual;
  }

  private void ascend(Dual dual, double[] lambda, double[] taken, double step) {
    System.arraycopy(lambda, 0, moments, 0, moments.length);
    lattice.sumOverSupersets(moments);
    terms.rowValues(moments, rowValues);
    for (int row = 0; row < rowValues.length; row++) {
      dual.mix[row] += step * rowStep[row] * rowValues[row];
    }
    for (int expert = 0; expert < dual.price.length; expert++) {
      double covered = moments[lattice.first(1) + expert] + taken[expert];
      dual.price[expert] += step * priceStep * (1 - covered);
    }
    if (!exactParts) {
      dual.total += step * totalStep * (gpus - moments[0]);
    }
  }
}
