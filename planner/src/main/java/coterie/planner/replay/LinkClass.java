package coterie.planner.replay;

/** Where a copy of a token goes. */
public enum LinkClass {
  /** It stays where it is. */
  SAME_GPU,
  /** To another GPU of the same NVLink domain. */
  NVLINK,
  /** To another domain. */
  NETWORK
}
