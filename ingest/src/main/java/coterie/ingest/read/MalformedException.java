package coterie.ingest.read;

/** Bytes that are not what their format says. Caught by the readers, never seen by a user. */
final class MalformedException extends Exception {

  private static final long serialVersionUID = 1;

  MalformedException(String message) {
    super(message);
  }

  static void unless(boolean holds, String message, Object... values) throws MalformedException {
    if (!holds) {
      throw new MalformedException(message.formatted(values));
    }
  }
}
