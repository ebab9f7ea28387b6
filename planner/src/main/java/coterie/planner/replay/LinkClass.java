package coterie.planner.replay;

/** Where a copy of a token goes. */
public enum LinkClass {
  /** It stays where it is. */
  SAME_GPU(0),
  /** To another GPU of the same NVLink domain. */
  NVLINK(1),
  /** To another domain. */
  NETWORK(2);

  /** Number of classes. */
  static final int COUNT = 3;

  private final int place;

  LinkClass(int place) {
    this.place = place;
  }

  /** Place in arrays of {@link #COUNT}. */
  int place() {
    return place;
  }
}
