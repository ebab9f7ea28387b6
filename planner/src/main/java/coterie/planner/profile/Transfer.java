package coterie.planner.profile;

import java.io.Serializable;

/**
 * The time in which one GPU sends its part of an all-to-all, or receives it.
 *
 * <p>Links work side by side: the slower of NVLink and network decides.
 */
public sealed interface Transfer extends Serializable permits LowLatencyTransfer, NormalTransfer {

  /** Share of a network link that all-to-all kernels reach; see {@link LowLatencyTransfer}. */
  double NETWORK_SHARE = 0.85;

  /** Bytes that one element takes on the way, scales included. */
  double bytesPerElement();

  /** True if a token goes once to each GPU, false if once to each expert that it selects. */
  boolean oncePerGpu();

  /**
   * Seconds of one GPU.
   *
   * @param hidden elements of a token
   * @param experts routed experts of the layer
   * @param tokens that start on the GPU
   * @param nvlinkBytes to GPUs of the same NVLink domain, this one included
   * @param networkBytes to other domains
   */
  double seconds(
      GpuSheet gpu, int hidden, int experts, int tokens, double nvlinkBytes, double networkBytes);
}
