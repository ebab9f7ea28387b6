package coterie.planner.replay;

import coterie.planner.model.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All steps that a replay prices, known before any time is: those of the replay itself, and some of
 * each replicate for intervals. The same request list, settings and seed give the same steps
 * wherever they are worked out.
 */
public final class LoopPlan {

  private static final long TOKENS = 401;

  /**
   * How to replay.
   *
   * @param inFlight requests at a time over all groups; a multiple of {@code groups}
   * @param groups separate groups of GPUs, each with all experts
   * @param allocator which group serves a request
   * @param distances for the allocator
   * @param chunkTokens most tokens of prompts in a step of a group
   * @param replicates for intervals, 0 for none
   * @param replicateSteps steps that are priced of each, evenly spaced
   */
  public record Settings(
      int inFlight,
      int groups,
      Allocator allocator,
      SignatureDistances distances,
      int chunkTokens,
      int replicates,
      int replicateSteps,
      long seed) {

    public Settings {
      if (inFlight < 1 || groups < 1 || inFlight % groups != 0) {
        throw new IllegalArgumentException(
            "%d requests in flight do not divide over %d groups".formatted(inFlight, groups));
      }
    }
  }

  private final List<LoopSchedule> schedules;
  private final StepList steps;
  private final StepList replicateSteps;
  private final List<Integer> replicateEnds;

  private LoopPlan(List<LoopSchedule> schedules, StepList steps) {
    this.schedules = List.copyOf(schedules);
    this.steps = steps;
    replicateSteps = new StepList();
    replicateEnds = new ArrayList<>();
  }

  /** Closed loop: see {@link LoopSchedule#closed}. */
  public static LoopPlan closed(RequestQueue queue, Settings settings) {
    var schedules = schedules(queue, queue.inOrder(), settings);
    var plan = new LoopPlan(schedules, join(schedules));
    for (int replicate = 0; replicate < settings.replicates(); replicate++) {
      var half = HalfSamples.draw(queue.size(), settings.seed(), replicate);
      plan.addReplicate(join(schedules(queue, half, settings)), settings.replicateSteps());
    }
    return plan;
  }

  /**
   * Steps of tokens drawn one by one with replacement, of no request in particular.
   *
   * @param count steps to draw
   */
  public static LoopPlan tokens(RequestQueue queue, Settings settings, int count) {
    var random = SeededRandom.of(settings.seed(), TOKENS, settings.inFlight());
    var all = IntStream.range(0, queue.size()).filter(r -> queue.decode(r) > 0).toArray();
    var plan = new LoopPlan(List.of(), draw(queue, all, settings, count, random));
    for (int replicate = 0; replicate < settings.replicates(); replicate++) {
      var drawn = HalfSamples.draw(all.length, settings.seed(), replicate);
      var half = Arrays.stream(drawn).map(i -> all[i]).toArray();
      int own = Math.min(count, settings.replicateSteps());
      plan.addReplicate(draw(queue, half, settings, own, random), own);
    }
    return plan;
  }

  private static StepList draw(
      RequestQueue queue, int[] requests, Settings settings, int count, SeededRandom random) {
    var ends = new int[requests.length + 1];
    for (int i = 0; i < requests.length; i++) {
      ends[i + 1] = ends[i] + queue.decode(requests[i]);
    }
    var steps = new StepList();
    int batch = settings.inFlight() / settings.groups();
    for (int step = 0; step < count; step++) {
      for (int i = 0; i < batch; i++) {
        int place = random.nextInt(ends[requests.length]);
        int at = Arrays.binarySearch(ends, place);
        int request = at >= 0 ? at : -at - 2;
        int decoded = queue.first(requests[request]) + queue.prefill(requests[request]);
        steps.add(decoded + place - ends[request]);
      }
      steps.end(0);
    }
    return steps;
  }

  private static List<LoopSchedule> schedules(RequestQueue queue, int[] order, Settings settings) {
    int groups = settings.groups();
    var groupOf = settings.allocator().allocate(queue, order, groups, settings.distances());
    var schedules = new ArrayList<LoopSchedule>();
    for (int g = 0; g < groups; g++) {
      int group = g;
      var own =
          IntStream.range(0, order.length)
              .filter(i -> groupOf[i] == group)
              .map(i -> order[i])
              .toArray();
      if (own.length > 0) {
        schedules.add(
            LoopSchedule.closed(queue, own, settings.inFlight() / groups, settings.chunkTokens()));
      }
    }
    return schedules;
  }

  private static StepList join(List<LoopSchedule> schedules) {
    var steps = new StepList();
    for (var schedule : schedules) {
      for (int step = 0; step < schedule.steps().size(); step++) {
        steps.add(schedule.steps(), step);
      }
    }
    return steps;
  }

  private void addReplicate(StepList from, int wanted) {
    int count = Math.min(wanted, from.size());
    for (int i = 0; i < count; i++) {
      int step = (int) ((2L * i + 1) * from.size() / (2L * count));
      replicateSteps.add(from, step);
    }
    replicateEnds.add(replicateSteps.size());
  }

  /** One schedule a group; none where tokens are of no request. */
  public List<LoopSchedule> schedules() {
    return schedules;
  }

  /** The steps of all groups, one group after the other. */
  public StepList steps() {
    return steps;
  }

  /** The steps of all replicates, one replicate after the other. */
  public StepList replicateSteps() {
    return replicateSteps;
  }

  /** Number of replicates. */
  public int replicates() {
    return replicateEnds.size();
  }

  /** The replicate that a step of {@link #replicateSteps} belongs to. */
  public int replicateOf(int step) {
    int at = Collections.binarySearch(replicateEnds, step);
    return at >= 0 ? at + 1 : -at - 1;
  }

  /**
   * Mean time of a step as decoded tokens see it, in nanoseconds, for each replicate.
   *
   * @param sums {@code [replicate]} nanoseconds of its steps, each times its decoded tokens
   */
  public double[] replicateMeans(long[] sums) {
    var means = new double[replicates()];
    int step = 0;
    for (int replicate = 0; replicate < means.length; replicate++) {
      long tokens = 0;
      for (; step < replicateEnds.get(replicate); step++) {
        tokens += replicateSteps.decode(step);
      }
      means[replicate] = (double) sums[replicate] / tokens;
    }
    return means;
  }

  /** Mean time of a step as decoded tokens see it, in nanoseconds; TPOT of the whole replay. */
  public double meanNanos(long[] nanos) {
    long sum = 0;
    for (int step = 0; step < steps.size(); step++) {
      sum = Math.addExact(sum, Math.multiplyExact(nanos[step], steps.decode(step)));
    }
    return (double) sum / steps.totalDecode();
  }
}
