package coterie.jobs.calibrate;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.analysis.MultivariateFunction;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.MaxIter;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.SimplexOptimizer;

/**
 * Fits constants to measurements by the least mean |log(predicted / measured)|, which a few odd
 * measurements do not move.
 *
 * <p>Nelder and Mead, "A simplex method for function minimization", Computer Journal 1965, from
 * Apache Commons Math, restarted where it stops. Constants that are 0 stay 0, the others positive,
 * and no share is above 1.
 */
final class ConstantFit {

  private static final int RESTARTS = 6;
  private static final int EVALUATIONS = 4_000;
  private static final double FIRST_STEP = 0.1;

  private final List<String> names;
  private final List<Point> points;

  private ConstantFit(List<String> names, List<Point> points) {
    this.names = names;
    this.points = points;
  }

  /**
   * The constants that fit best.
   *
   * @param names of the constants; those that end in {@code share} are bounded by 1
   */
  static double[] fit(List<String> names, double[] start, List<Point> points) {
    var fit = new ConstantFit(names, points);
    var constants = start.clone();
    for (int round = 0; round < RESTARTS; round++) {
      constants = fit.descend(constants);
    }
    return constants;
  }

  private double[] descend(double[] start) {
    // In logarithms every constant stays positive, and steps are relative.
    MultivariateFunction error = logs -> meanError(scaled(start, logs));
    var steps = new double[start.length];
    Arrays.fill(steps, FIRST_STEP);
    var best =
        new SimplexOptimizer(1e-9, 1e-9)
            .optimize(
                new MaxEval(10 * EVALUATIONS),
                new MaxIter(EVALUATIONS),
                new ObjectiveFunction(error),
                GoalType.MINIMIZE,
                new InitialGuess(new double[start.length]),
                new NelderMeadSimplex(steps));
    return scaled(start, best.getPoint());
  }

  private double[] scaled(double[] start, double[] logs) {
    var constants = new double[start.length];
    for (int i = 0; i < start.length; i++) {
      double most = names.get(i).endsWith("share") ? 1 : Double.MAX_VALUE;
      constants[i] = Math.min(most, start[i] * Math.exp(logs[i]));
    }
    return constants;
  }

  private double meanError(double[] constants) {
    double sum = 0;
    for (var point : points) {
      sum += Math.abs(Math.log(point.work().seconds(constants) / point.seconds()));
    }
    return sum / points.size();
  }
}
