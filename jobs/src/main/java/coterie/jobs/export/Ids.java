package coterie.jobs.export;

/** Expert ids that were read as wide integers. */
final class Ids {

  private Ids() {}

  /** The id, or -1, which no expert has, if it does not fit. */
  static int checked(long id) {
    return id == (int) id ? (int) id : -1;
  }
}
