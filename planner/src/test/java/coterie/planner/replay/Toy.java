package coterie.planner.replay;

import coterie.planner.model.Attention;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.AllReduce;
import coterie.planner.profile.AttentionCost;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.LowLatencyTransfer;
import coterie.planner.profile.MoeKernel;
import coterie.planner.profile.NormalTransfer;
import coterie.planner.profile.Precision;
import coterie.planner.profile.Roofline;
import coterie.planner.profile.StepProfile;
import coterie.planner.profile.Transfer;

/**
 * The example of {@code jobs/docs/cost-model.md}: three experts, two GPUs, four tokens, and numbers
 * that can be worked out by hand.
 */
final class Toy {

  /** 1,000 bytes, 5,000 operations, 100 bytes by NVLink and 10 by network a microsecond. */
  static final GpuSheet GPU = new GpuSheet("toy", 1e9, 1e9, 5e9, 1e10, 1, 1e8, 2, 1e7);

  /** 5 us to launch, all of the bandwidth and operations, the longer decides, tiles of 2 rows. */
  static final MoeKernel KERNEL =
      new MoeKernel("toy", 5e-6, 1, Precision.HALF, 1, Roofline.MAX, 2, 0, 5, 0, 0);

  /** 100 wide, 50 inside, 1 byte a weight: 15,000 bytes or 15 us, 30,000 operations or 6 us. */
  static final LayerShape LAYER = new LayerShape(new ExpertShape(100, 50, 1), 3, 0);

  /** 2 us and 1 us for each copy of 100 bytes. */
  static final Transfer DISPATCH = new LowLatencyTransfer(2e-6, 0, 0, 1, 1e12, 1);

  /** 2 us and 2 us for each copy of 200 bytes. */
  static final Transfer COMBINE = new LowLatencyTransfer(2e-6, 0, 0, 1, 1e12, 2);

  /** Launch 10 us, weights 3 us, 2 us a token, 1 ns a cached position. */
  static final AttentionCost ATTENTION = new AttentionCost(false, 10e-6, 3e-6, 2e-6, 1e-9, 0);

  static final StepProfile PROFILE =
      new StepProfile("toy", GPU, KERNEL, DISPATCH, COMBINE, new AllReduce(3e-6, 1), ATTENTION);

  /** The same with tokens sent once to each GPU, by one multiprocessor that is never short. */
  static final StepProfile NORMAL =
      new StepProfile(
          "toy-normal",
          GPU,
          KERNEL,
          new NormalTransfer(2e-6, 0, 0, 1, 1e12, 1, 1),
          new NormalTransfer(2e-6, 0, 0, 1, 1e12, 1, 2),
          new AllReduce(3e-6, 1),
          ATTENTION);

  /** GPU 0 holds experts 0 and 1, GPU 1 expert 2 and a copy of 0. */
  static final Placement PLACEMENT = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 2, 0});

  /** All experts on one host: what tensor parallelism over both GPUs is. */
  static final Placement ONE_HOST = Placement.of(new Cluster(1, 3), 3, new int[] {0, 1, 2});

  static final TokenSets SETS =
      TokenSets.builder(3)
          .add(new int[] {0, 1}, 2)
          .add(new int[] {1, 2}, 1)
          .add(new int[] {0, 2}, 1)
          .build();

  /** One step: two tokens call {0, 1}, one {1, 2}, one {0, 2}. */
  static final TokenBatches FOUR_TOKENS = TokenBatches.of(SETS, 4, new int[] {0, 0, 1, 2});

  static final StepSwitches DATA_PARALLEL = StepSwitches.decode(Attention.DATA_PARALLEL, 1_000);

  static final StepSwitches TENSOR_PARALLEL = StepSwitches.decode(Attention.TENSOR_PARALLEL, 1_000);

  private Toy() {}
}
