package coterie.ingest.error;

/**
 * Something that the user gave is wrong: one line that names the thing and its value, and a second
 * line of advice.
 */
public final class UserError extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What is wrong, which decides the exit code. */
  public enum Kind {
    /** A file or a table does not hold what is needed: exit code 1. */
    DATA(1),
    /** The command line asks for what cannot be: exit code 2. */
    USAGE(2);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;
  private final String advice;

  private UserError(Kind kind, String message, String advice) {
    super(message);
    this.kind = kind;
    this.advice = advice;
  }

  /** A file or table is at fault. */
  public static UserError data(String message, String advice) {
    return new UserError(Kind.DATA, message, advice);
  }

  /** The command line is at fault. */
  public static UserError usage(String message, String advice) {
    return new UserError(Kind.USAGE, message, advice);
  }

  public Kind kind() {
    return kind;
  }

  /** What the user can do about it. */
  public String advice() {
    return advice;
  }
}
