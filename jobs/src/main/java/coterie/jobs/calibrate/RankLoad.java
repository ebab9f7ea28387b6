package coterie.jobs.calibrate;

import coterie.planner.model.SeededRandom;
import coterie.planner.profile.MoeWork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the measured rank had to do: known for even routing; for power laws drawn anew by the
 * collector's rule, some draws for each row because its seed is not known.
 *
 * <p>The rule (aiconfigurator's {@code sample_power_law} and what is done with it): tokens of each
 * expert from {@code p(x) ~ x^-alpha} on {@code [1, 0.8 * tokens]}, or {@code [0.01, 2]} where
 * experts outnumber pairs; scaled to the pairs there are and rounded; at most one pair of a token
 * and an expert; and the rank with most of them is the one that is measured.
 */
final class RankLoad {

  /**
   * How the tokens of a row were routed.
   *
   * @param tokens of the whole batch
   * @param ranks of expert parallelism
   */
  record Routing(int tokens, int topK, int experts, int ranks, String distribution) {

    boolean even() {
      return !distribution.startsWith(POWER_LAW);
    }

    int localExperts() {
      return experts / ranks;
    }

    double alpha() {
      return Double.parseDouble(distribution.substring(POWER_LAW.length()));
    }
  }

  private static final String POWER_LAW = "power_law_";
  private static final int DRAWS = 8;

  private final Routing routing;

  /** {@code [draw][local expert]} rows. */
  private final List<double[]> rows;

  /** True if pairs of experts elsewhere are computed too. */
  private final boolean runsForeign;

  private final boolean scans;

  private RankLoad(Routing routing, List<double[]> rows, boolean runsForeign, boolean scans) {
    this.routing = routing;
    this.rows = rows;
    this.runsForeign = runsForeign;
    this.scans = scans;
  }

  static RankLoad decode(Routing routing) {
    return new RankLoad(routing, draws(routing, 1), false, false);
  }

  static RankLoad prefill(Routing routing, int block) {
    return new RankLoad(routing, draws(routing, block), false, true);
  }

  /** At most k pairs of a token are local; a token keeps all k where at least one is. */
  static RankLoad fused(Routing routing) {
    return new RankLoad(routing, draws(routing, 1), true, false);
  }

  private static List<double[]> draws(Routing routing, int block) {
    if (routing.even()) {
      double pairs = (double) routing.tokens() * routing.topK() / routing.ranks();
      int copies = (int) Math.max(1, Math.min(routing.localExperts(), Math.ceil(pairs / block)));
      var rows = new double[copies];
      Arrays.fill(rows, Math.max(1, pairs) / copies);
      return List.of(rows);
    }
    var draws = new ArrayList<double[]>();
    for (int draw = 0; draw < DRAWS; draw++) {
      draws.add(powerLaw(routing, SeededRandom.of(draw, routing.tokens(), routing.ranks())));
    }
    return draws;
  }

  private static double[] powerLaw(Routing routing, SeededRandom random) {
    boolean many = (long) routing.tokens() * routing.topK() > routing.experts();
    double least = many ? 1 : 0.01;
    double most = many ? routing.tokens() * 0.8 : 2;
    double power = 1 - routing.alpha();
    double low = Math.pow(least, power);
    double high = Math.pow(most, power);
    var counts = new double[routing.experts()];
    double total = 0;
    for (int expert = 0; expert < counts.length; expert++) {
      counts[expert] = Math.pow((high - low) * random.nextDouble() + low, 1 / power);
      total += counts[expert];
    }
    double pairs = (double) routing.tokens() * routing.topK();
    for (int expert = 0; expert < counts.length; expert++) {
      counts[expert] = Math.min(routing.tokens(), Math.rint(counts[expert] * pairs / total));
    }
    return heaviest(counts, routing.localExperts());
  }

  private static double[] heaviest(double[] counts, int local) {
    int best = 0;
    double most = -1;
    for (int first = 0; first < counts.length; first += local) {
      double load = Arrays.stream(counts, first, first + local).sum();
      if (load > most) {
        most = load;
        best = first;
      }
    }
    return Arrays.stream(counts, best, best + local).filter(count -> count > 0).toArray();
  }

  /** Mean over draws of the active experts, and of the rows beside those of even routing. */
  String text() {
    double copies = rows.stream().mapToInt(draw -> draw.length).average().orElse(0);
    double own = rows.stream().mapToDouble(draw -> Arrays.stream(draw).sum()).average().orElse(0);
    double even = (double) routing.tokens() * routing.topK() / routing.ranks();
    return "%.1f experts, %.2f x the rows".formatted(copies, own / even);
  }

  /** The work of the rank, one for each draw. */
  List<MoeWork> works(int tileRows) {
    return rows.stream().map(draw -> work(draw, tileRows)).toList();
  }

  private MoeWork work(double[] draw, int tileRows) {
    long own = 0;
    long padded = 0;
    for (double count : draw) {
      long rowsOfExpert = Math.max(1, Math.round(count));
      own += rowsOfExpert;
      padded += MoeWork.padded(rowsOfExpert, tileRows);
    }
    long foreign = runsForeign ? foreign(own) : 0;
    return new MoeWork(draw.length, own + foreign, padded + foreign, scans ? routing.tokens() : 0);
  }

  private long foreign(long own) {
    double share = (double) own / ((double) routing.tokens() * routing.topK());
    double kept =
        routing.even()
            ? Math.min(1, (double) routing.topK() / routing.ranks())
            : 1 - Math.pow(1 - Math.min(1, share), routing.topK());
    return Math.max(0, Math.round(kept * routing.tokens() * routing.topK()) - own);
  }
}
