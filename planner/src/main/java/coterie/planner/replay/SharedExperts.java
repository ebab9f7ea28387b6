package coterie.planner.replay;

/**
 * How a model's shared experts run. A third way, a shared expert in slots as if it were routed,
 * needs no switch: it is then an expert of the trace that every token calls.
 */
public enum SharedExperts {
  /** In the kernel of the routed experts, as copies that every GPU holds, for the GPU's tokens. */
  FUSED,
  /** In a kernel of their own while tokens are dispatched; what does not fit behind that counts. */
  BESIDE
}
