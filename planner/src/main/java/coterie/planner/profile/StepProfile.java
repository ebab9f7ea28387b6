package coterie.planner.profile;

import java.io.Serializable;

/**
 * All constants that the time of a step is made from: one GPU, one engine's kernels.
 *
 * @param name as given on the command line or in a profile file
 * @param gpu data sheet
 * @param moe kernel of the routed experts
 * @param dispatch of tokens to their experts
 * @param combine of results back
 * @param allReduce where tensor-parallel GPUs add up
 * @param attention of one GPU with all heads
 */
public record StepProfile(
    String name,
    GpuSheet gpu,
    MoeKernel moe,
    Transfer dispatch,
    Transfer combine,
    AllReduce allReduce,
    AttentionCost attention)
    implements Serializable {

  /** Decode with DeepEP's low-latency mode, MLA and fp8 experts, as DeepSeek-V3 is served. */
  public static StepProfile deepEpDecode(GpuSheet gpu) {
    return new StepProfile(
        gpu.name() + "-deepep-decode",
        gpu,
        MoeKernel.DEEPEP_DECODE,
        LowLatencyTransfer.DISPATCH,
        LowLatencyTransfer.COMBINE,
        AllReduce.ASSUMED,
        AttentionCost.mla(gpu));
  }

  /** Prefill with DeepEP's normal mode. Attention is measured for decode only and left out. */
  public static StepProfile deepEpPrefill(GpuSheet gpu) {
    return new StepProfile(
        gpu.name() + "-deepep-prefill",
        gpu,
        MoeKernel.DEEPEP_PREFILL,
        NormalTransfer.DISPATCH,
        NormalTransfer.COMBINE,
        AllReduce.ASSUMED,
        AttentionCost.NONE);
  }

  /** The fused kernel for experts of this width, with an attention that is assumed. */
  public static StepProfile fused(GpuSheet gpu, ExpertShape expert, AttentionCost attention) {
    var kernel = MoeKernel.fusedFor(expert.bytesPerWeight());
    return new StepProfile(
        gpu.name() + "-" + kernel.name(),
        gpu,
        kernel,
        LowLatencyTransfer.DISPATCH,
        LowLatencyTransfer.COMBINE,
        AllReduce.ASSUMED,
        attention);
  }

  /** The same with another attention. */
  public StepProfile with(AttentionCost other) {
    return new StepProfile(name, gpu, moe, dispatch, combine, allReduce, other);
  }

  /** Whole nanoseconds, so that sums do not depend on their order. */
  public static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }
}
