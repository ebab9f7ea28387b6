package coterie.ingest;

import coterie.ingest.error.UserError;
import java.util.Optional;

/**
 * The first unusable record of a strict ingest. Thrown in a task; Spark brings the driver its text
 * only, so that the text must say it all.
 */
final class StrictRejection extends RuntimeException {

  private static final long serialVersionUID = 1;

  StrictRejection(String path, long record, String meaning, String detail) {
    super(
        "%s, record %d: %s (%s)"
            .formatted(SourceFile.display(path), record, meaning, detail.replace('\n', ' ')));
  }

  /** The rejection behind a failure of Spark, as an error for the user. */
  static Optional<UserError> behind(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      var name = StrictRejection.class.getName() + ": ";
      var text = String.valueOf(cause.getMessage());
      if (cause instanceof StrictRejection) {
        return Optional.of(error(text));
      }
      int at = text.indexOf(name);
      if (at >= 0) {
        return Optional.of(error(text.substring(at + name.length()).lines().findFirst().get()));
      }
    }
    return Optional.empty();
  }

  private static UserError error(String text) {
    return UserError.data(
        text, "the lake is as it was; without --strict the record is rejected alone");
  }
}
