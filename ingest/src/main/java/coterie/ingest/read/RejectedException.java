package coterie.ingest.read;

/** A sound record that cannot be used, and why. Caught by the readers, never seen by a user. */
public final class RejectedException extends Exception {

  private static final long serialVersionUID = 1;

  private final IssueReason reason;

  public RejectedException(IssueReason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  public IssueReason reason() {
    return reason;
  }
}
