package coterie.jobs.bench;

import coterie.jobs.generate.SyntheticModel;
import coterie.jobs.generate.SyntheticTokens;
import coterie.jobs.simulate.ModelProfiles;
import coterie.planner.model.Attention;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.RequestTokens;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.LayerShape;
import coterie.planner.replay.LoopSchedule;
import coterie.planner.replay.RequestQueue;
import coterie.planner.replay.SizedSteps;
import coterie.planner.replay.StepPricer;
import coterie.planner.replay.StepSwitches;
import coterie.planner.routing.RouterRule;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Speed of the replay's kernel on one core: tokens of one layer under one plan, by processor time,
 * which does not count what others do to the machine meanwhile.
 */
public final class ReplayBench {

  private static final int GPUS = 8;
  private static final int IN_FLIGHT = 16;
  private static final int REQUEST_TOKENS = 200;
  private static final int ROUNDS = 5;

  /** Until the compiler has seen enough. */
  private static final int WARM_ROUNDS = 15;

  private static final double NANOS = 1e9;

  /**
   * A shape of model: its experts and their size.
   *
   * @param profile that its steps are priced with
   */
  public record Shape(
      String label, int experts, int topK, ExpertShape expert, StepProfile profile) {

    /** As gpt-oss-20b. */
    public static final Shape FEW = few();

    /** As DeepSeek-V3. */
    public static final Shape MANY =
        new Shape(
            "256 experts, top-8",
            256,
            8,
            new ExpertShape(7168, 2048, 1),
            StepProfile.deepEpDecode(GpuSheet.H100));

    private static Shape few() {
      var expert = new ExpertShape(2880, 2880, 4.25 / 8);
      var attention = ModelProfiles.gptOss(GpuSheet.H100);
      var profile = StepProfile.fused(GpuSheet.H100, expert, attention);
      return new Shape("32 experts, top-4", 32, 4, expert, profile);
    }

    /** All of them. */
    public static List<Shape> all() {
      return List.of(FEW, MANY);
    }
  }

  /**
   * What a replay took.
   *
   * @param perSecond tokens of one layer and plan, a second of processor time; median
   * @param bytesPerToken of heap that the layer's tokens and their steps take
   */
  public record Speed(int tokens, double perSecond, double bytesPerToken) {}

  private final Shape shape;
  private final RequestTokens layer;
  private final RequestQueue queue;
  private final double bytesBefore;

  /** Draws a layer of {@code tokens} tokens. */
  public ReplayBench(Shape shape, int tokens, long seed) {
    this.shape = shape;
    bytesBefore = liveBytes();
    int requests = Math.max(IN_FLIGHT, tokens / REQUEST_TOKENS);
    var model = new SyntheticModel(1, shape.experts, shape.topK);
    layer = new SyntheticTokens(model, seed).layers(1, requests, REQUEST_TOKENS).get(0);
    var lengths = new int[requests];
    Arrays.fill(lengths, REQUEST_TOKENS);
    queue = new RequestQueue(new int[requests], lengths);
  }

  /** Replays the layer in a closed loop of 16 requests on 8 GPUs with a spare slot each. */
  public Speed run(RouterRule rule) {
    var pricer =
        new StepPricer(
            shape.profile(),
            new LayerShape(shape.expert, shape.experts, 0),
            StepSwitches.decode(Attention.TENSOR_PARALLEL, 1_000),
            placement(),
            rule);
    var perSecond = new ArrayList<Double>();
    for (int round = 0; round < WARM_ROUNDS; round++) {
      price(pricer);
    }
    for (int round = 0; round < ROUNDS; round++) {
      long start = processorNanos();
      long tokens = price(pricer);
      perSecond.add(tokens * NANOS / (processorNanos() - start));
    }
    perSecond.sort(null);
    return new Speed(queue.totalTokens(), perSecond.get(ROUNDS / 2), bytes() / queue.totalTokens());
  }

  private long price(StepPricer pricer) {
    var steps = LoopSchedule.closed(queue, queue.inOrder(), IN_FLIGHT, 512).steps();
    var sum = new long[1];
    new SizedSteps(layer.sets(), steps).price(pricer, (step, time) -> sum[0] += time.totalNanos());
    if (sum[0] <= 0) {
      throw new IllegalStateException("steps that take no time");
    }
    return steps.totalDecode();
  }

  /** Experts in turn over all slots; the first ones have a second copy. */
  private Placement placement() {
    var cluster = new Cluster(GPUS, shape.experts / GPUS + 1);
    var slots = new ArrayList<Integer>();
    for (int gpu = 0; gpu < GPUS; gpu++) {
      int first = gpu * shape.experts / GPUS;
      IntStream.range(first, first + shape.experts / GPUS).forEach(slots::add);
      slots.add((first + shape.experts / GPUS) % shape.experts);
    }
    return Placement.of(cluster, shape.experts, slots.stream().mapToInt(i -> i).toArray());
  }

  /** Live heap with the steps sorted by size, less that before the tokens were drawn. */
  private double bytes() {
    var steps =
        new SizedSteps(
            layer.sets(), LoopSchedule.closed(queue, queue.inOrder(), IN_FLIGHT, 512).steps());
    try {
      return liveBytes() - bytesBefore;
    } finally {
      Reference.reachabilityFence(steps);
    }
  }

  private static double liveBytes() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /**
   * Slope of log time over log tokens by least squares: 1 if time grows as tokens do.
   *
   * @param speeds of ascending sizes, two or more
   */
  public static double growth(List<Speed> speeds) {
    double meanX = 0;
    double meanY = 0;
    for (var speed : speeds) {
      meanX += Math.log(speed.tokens()) / speeds.size();
      meanY += Math.log(speed.tokens() / speed.perSecond()) / speeds.size();
    }
    double above = 0;
    double below = 0;
    for (var speed : speeds) {
      double x = Math.log(speed.tokens()) - meanX;
      above += x * (Math.log(speed.tokens() / speed.perSecond()) - meanY);
      below += x * x;
    }
    return above / below;
  }
}
