package coterie.ingest.container;

/** Bytes that are not what their format says. Caught by the readers, never seen by a user. */
public final class MalformedException extends Exception {

  private static final long serialVersionUID = 1;

  public MalformedException(String message) {
    super(message);
  }

  public static void unless(boolean holds, String message, Object... values)
      throws MalformedException {
    if (!holds) {
      throw new MalformedException(message.formatted(values));
    }
  }
}
