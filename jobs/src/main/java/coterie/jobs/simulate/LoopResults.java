package coterie.jobs.simulate;

import coterie.planner.model.Attention;
import coterie.planner.replay.Allocator;
import coterie.planner.replay.Interval;
import coterie.planner.routing.RouterRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Outcomes laid side by side: within a load and a router every layout against EPLB without spares,
 * and against the better of that and the tensor-sharded layouts. Differences are taken replicate by
 * replicate, on the same requests.
 */
public final class LoopResults {

  /** What a comparison leaves alike. */
  public record Group(
      RouterRule router, int profile, int inFlight, String allocator, int gpus, int groups) {}

  /**
   * One line of a comparison.
   *
   * @param savedOverEplb share of TPOT saved against EPLB without spares; empty for itself
   * @param savedOverBest the same against the better of EPLB and TP; empty for that one
   */
  public record Line(
      Group group,
      Contender contender,
      LoopOutcome outcome,
      Interval tpot,
      Optional<Interval> savedOverEplb,
      Optional<Interval> savedOverBest) {}

  private final LoopRequest request;
  private final List<LoopOutcome> outcomes;

  /**
   * Results of a request.
   *
   * @param outcomes in the order of its scenarios
   */
  public LoopResults(LoopRequest request, List<LoopOutcome> outcomes) {
    this.request = request;
    this.outcomes = List.copyOf(outcomes);
  }

  public LoopRequest request() {
    return request;
  }

  /**
   * The scenarios of a comparison. Layouts without a second copy of any expert leave routers no
   * choice: they are replayed once for each kind of attention.
   */
  public static List<LoopScenario> scenarios(
      List<Contender> contenders,
      List<RouterRule> routers,
      int profiles,
      List<Integer> inFlight,
      List<Allocator> allocators) {
    var scenarios = new ArrayList<LoopScenario>();
    for (int profile = 0; profile < profiles; profile++) {
      for (int flight : inFlight) {
        for (var allocator : allocators) {
          for (var router : routers) {
            for (int c = 0; c < contenders.size(); c++) {
              if (router == stand(contenders.get(c), router, routers)) {
                scenarios.add(
                    new LoopScenario(scenarios.size(), c, router, profile, flight, allocator));
              }
            }
          }
        }
      }
    }
    return scenarios;
  }

  /** The router under which a layout is replayed when another is asked for. */
  private static RouterRule stand(Contender contender, RouterRule asked, List<RouterRule> routers) {
    if (!contender.singleCopies()) {
      return asked;
    }
    return routers.stream()
        .filter(r -> r.attention() == asked.attention())
        .findFirst()
        .orElseThrow();
  }

  /** All lines: by profile, load, allocator, EP size, router; in each the order of contenders. */
  public List<Line> lines() {
    var lines = new ArrayList<Line>();
    var routers = request.scenarios().stream().map(LoopScenario::router).distinct().toList();
    var loads =
        request.scenarios().stream()
            .map(s -> new LoopScenario(0, 0, s.router(), s.profile(), s.inFlight(), s.allocator()))
            .distinct()
            .toList();
    var sizes = request.contenders().stream().map(Contender::gpus).distinct().sorted().toList();
    for (var load : loads) {
      for (int gpus : sizes) {
        lines.addAll(compare(load, gpus, routers));
      }
    }
    return lines;
  }

  private List<Line> compare(LoopScenario load, int gpus, List<RouterRule> routers) {
    var group =
        new Group(
            load.router(),
            load.profile(),
            load.inFlight(),
            load.allocator().label(),
            gpus,
            request.groups());
    var own = new ArrayList<LoopOutcome>();
    for (int c = 0; c < request.contenders().size(); c++) {
      var contender = request.contenders().get(c);
      if (contender.gpus() == gpus) {
        own.add(find(load, c, stand(contender, load.router(), routers)));
      }
    }
    var eplb = own.stream().filter(o -> Baselines.plainEplb(contenderOf(o))).findFirst();
    var best =
        own.stream()
            .filter(o -> contenderOf(o).sharded() || Baselines.plainEplb(contenderOf(o)))
            .min(Comparator.comparingDouble(LoopOutcome::tpotSeconds));
    return own.stream().map(outcome -> line(group, outcome, eplb, best)).toList();
  }

  private LoopOutcome find(LoopScenario load, int contender, RouterRule router) {
    return request.scenarios().stream()
        .filter(s -> s.contender() == contender && s.router() == router)
        .filter(s -> s.profile() == load.profile() && s.inFlight() == load.inFlight())
        .filter(s -> s.allocator() == load.allocator())
        .map(s -> outcomes.get(s.id()))
        .findFirst()
        .orElseThrow();
  }

  private Contender contenderOf(LoopOutcome outcome) {
    return request.contenders().get(request.scenarios().get(outcome.scenario()).contender());
  }

  private Line line(
      Group group, LoopOutcome outcome, Optional<LoopOutcome> eplb, Optional<LoopOutcome> best) {
    return new Line(
        group,
        contenderOf(outcome),
        outcome,
        Interval.of(outcome.tpotSeconds(), outcome.replicates()),
        eplb.filter(other -> other != outcome).map(other -> saved(outcome, other)),
        best.filter(other -> other != outcome).map(other -> saved(outcome, other)));
  }

  /** Share of TPOT that an outcome saves against another, on the same requests. */
  public static Interval saved(LoopOutcome outcome, LoopOutcome other) {
    return Interval.saved(
        outcome.tpotSeconds(), outcome.replicates(), other.tpotSeconds(), other.replicates());
  }

  /** The attention of a rule in words. */
  public static String words(Attention attention) {
    return attention == Attention.DATA_PARALLEL ? "data parallel" : "tensor parallel";
  }
}
