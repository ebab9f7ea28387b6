package coterie.jobs.nightly;

/** A night that ended early; carries what it came to. */
public final class NightFailed extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient NightReport report;

  NightFailed(NightReport report, RuntimeException cause) {
    super(cause);
    this.report = report;
  }

  public NightReport report() {
    return report;
  }
}
