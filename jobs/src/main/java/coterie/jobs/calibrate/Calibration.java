package coterie.jobs.calibrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Predictions of one kernel beside its measurements.
 *
 * <p>Groups alternate in their order: the constants were fitted to the even rows of every first
 * group, and errors are reported on every second one, which the fit never saw.
 */
public final class Calibration {

  /**
   * A measurement and its prediction.
   *
   * @param group shape, data type and expert parallelism
   * @param routing how tokens were spread
   * @param size what varies within the group
   * @param load what the measured GPU has to do, which explains how power laws differ
   * @param heldOut false if the constants were fitted to it
   */
  public record Pair(
      String group,
      String routing,
      String size,
      String load,
      boolean heldOut,
      double measuredSeconds,
      double predictedSeconds) {

    /** Predicted over measured, less 1. */
    public double error() {
      return predictedSeconds / measuredSeconds - 1;
    }
  }

  private final MeasuredKernel kernel;
  private final List<Point> points;
  private final TreeMap<String, Integer> groups = new TreeMap<>();

  private Calibration(MeasuredKernel kernel, List<Point> points) {
    this.kernel = kernel;
    this.points = points;
    points.stream().map(Point::group).sorted().distinct().forEach(this::number);
  }

  private void number(String group) {
    groups.put(group, groups.size());
  }

  /** The kernels of all files of a folder. */
  public static List<Calibration> of(Path folder) {
    return Arrays.stream(MeasuredKernel.values())
        .map(kernel -> new Calibration(kernel, kernel.points(folder)))
        .toList();
  }

  public String title() {
    return kernel.title();
  }

  public String file() {
    return kernel.file();
  }

  /** Names of the constants. */
  public List<String> constantNames() {
    return kernel.names();
  }

  /** The constants that the profiles have. */
  public double[] constants() {
    return kernel.constants();
  }

  /** The constants that fit the first groups best, found anew. */
  public double[] refit() {
    return ConstantFit.fit(
        kernel.names(),
        kernel.constants(),
        points.stream().filter(p -> p.even() && !heldOut(p)).toList());
  }

  private boolean heldOut(Point point) {
    return groups.get(point.group()) % 2 == 1;
  }

  /** Rows with even routing, in the order of the file. */
  public List<Pair> even(double[] constants) {
    return points.stream().filter(Point::even).map(p -> pair(p, constants)).toList();
  }

  /** Rows with power-law routing, in the order of the file. */
  public List<Pair> skewed(double[] constants) {
    return points.stream().filter(p -> !p.even()).map(p -> pair(p, constants)).toList();
  }

  private Pair pair(Point point, double[] constants) {
    return new Pair(
        point.group(),
        point.routing(),
        point.size(),
        point.load(),
        heldOut(point),
        point.seconds(),
        point.work().seconds(constants));
  }

  /** The absolute error below which a share of the pairs lies; NaN if there are none. */
  public static double quantile(List<Pair> pairs, double share) {
    var errors = new ArrayList<Double>();
    pairs.forEach(pair -> errors.add(Math.abs(pair.error())));
    errors.sort(Comparator.naturalOrder());
    if (errors.isEmpty()) {
      return Double.NaN;
    }
    return errors.get((int) Math.min(errors.size() - 1L, Math.round(share * (errors.size() - 1))));
  }
}
