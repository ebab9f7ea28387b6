package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.lake.Selection;
import coterie.jobs.simulate.Contender;
import coterie.jobs.simulate.LoopJob;
import coterie.jobs.simulate.LoopKind;
import coterie.jobs.simulate.LoopRequest;
import coterie.jobs.simulate.LoopResults;
import coterie.jobs.simulate.RequestList;
import coterie.jobs.simulate.Signatures;
import coterie.planner.replay.Allocator;
import coterie.planner.replay.OpenLoop;
import coterie.planner.replay.SignatureDistances;
import coterie.planner.routing.RouterRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** Puts a replay together from options and runs it. */
final class LoopSimulation {

  /** How requests come in an open loop. */
  record Arrivals(boolean recorded, double perSecond) {}

  private final SparkSession spark;
  private final LoopOptions options;
  private final Selection planning;
  private final Selection heldOut;
  private final long seed;

  LoopSimulation(
      SparkSession spark, LoopOptions options, Selection planning, Selection heldOut, long seed) {
    this.spark = spark;
    this.options = options;
    this.planning = planning;
    this.heldOut = heldOut;
    this.seed = seed;
  }

  /**
   * Replays layouts.
   *
   * @param steps drawn where there are no requests
   */
  LoopResults run(
      LoopKind kind,
      List<Contender> contenders,
      List<RouterRule> routers,
      Arrivals arrivals,
      int steps) {
    var profiles = options.profiles(heldOut.model());
    var requests = RequestList.load(spark, heldOut, options.requests, seed);
    requests = arrivals.recorded() ? requests.byArrival() : requests;
    var flights = possible(kind, requests);
    var allocators = options.groups == 1 ? List.of(Allocator.ROUND_ROBIN) : options.allocators();
    var nanos = arrivalNanos(kind, requests, arrivals);
    var request =
        new LoopRequest(
            heldOut.model(),
            requests,
            kind,
            contenders,
            profiles,
            LoopResults.scenarios(contenders, routers, profiles.size(), flights, allocators),
            options.context,
            options.groups,
            distances(allocators, requests),
            options.chunk,
            nanos,
            rate(kind, nanos, arrivals),
            steps,
            options.replicates(kind),
            options.replicateSteps,
            seed,
            LoopJob.partitions(spark));
    return new LoopResults(request, new LoopJob(spark).run(heldOut, request));
  }

  /** Loads that the requests can give: larger ones are named and left out, not made up. */
  private List<Integer> possible(LoopKind kind, RequestList requests) {
    int most = requests.size() / LoopOptions.REQUESTS_PER_FLIGHT;
    if (kind != LoopKind.CLOSED) {
      return options.inFlight;
    }
    var possible = new ArrayList<Integer>();
    for (int flight : options.inFlight) {
      if (flight <= most) {
        possible.add(flight);
      } else {
        Console.warn(
            List.of(
                "%d in flight left out: %s has %d requests, a quarter is %d"
                    .formatted(
                        flight, String.join(", ", heldOut.datasets()), requests.size(), most)));
      }
    }
    if (possible.isEmpty()) {
      throw UserError.data(
          "no --in-flight is left for %d requests".formatted(requests.size()),
          "give smaller ones, more --datasets, or --loop token");
    }
    return possible;
  }

  private List<Long> arrivalNanos(LoopKind kind, RequestList requests, Arrivals arrivals) {
    if (kind != LoopKind.OPEN) {
      return List.of();
    }
    if (!arrivals.recorded()) {
      return Arrays.stream(OpenLoop.poisson(requests.size(), arrivals.perSecond(), seed))
          .boxed()
          .toList();
    }
    var recorded = requests.arrivalNanos();
    if (!(arrivals.perSecond() > 0)) {
      return recorded;
    }
    double stretch = meanRate(recorded) / arrivals.perSecond();
    return recorded.stream().map(nanos -> Math.round(nanos * stretch)).toList();
  }

  private static double rate(LoopKind kind, List<Long> nanos, Arrivals arrivals) {
    if (kind != LoopKind.OPEN) {
      return 0;
    }
    return arrivals.perSecond() > 0 ? arrivals.perSecond() : meanRate(nanos);
  }

  private static double meanRate(List<Long> nanos) {
    long last = nanos.get(nanos.size() - 1);
    if (last == 0) {
      throw UserError.data(
          "all requests arrived at the same time", "use --arrivals poisson with --arrival-rate");
    }
    return (nanos.size() - 1) * 1e9 / last;
  }

  private SignatureDistances distances(List<Allocator> allocators, RequestList requests) {
    return allocators.contains(Allocator.SIGNATURE)
        ? new Signatures(spark)
            .distances(planning, heldOut, requests, options.groups, options.firstTokens, seed)
        : SignatureDistances.NONE;
  }
}
