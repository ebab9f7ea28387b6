package coterie.jobs.command;

import coterie.ingest.error.UserError;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says what a disk that is full or must not be written to looks like from far above. */
final class StorageErrors {

  private record Known(List<String> signs, String problem, String advice) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known(
              List.of("no space left on device", "sqlite_full", "disk quota exceeded"),
              "the disk is full",
              "make room and run the command again; what was published before is still there"),
          new Known(
              List.of("read-only file system", "sqlite_readonly", "attempt to write a readonly"),
              "the lake cannot be written",
              "mount it for writing and run the command again; it is as it was"),
          new Known(
              List.of("permission denied", "access denied", "accessdeniedexception"),
              "the lake cannot be written: no permission",
              "run as its owner, or give a lake that you may write; it is as it was"));

  private StorageErrors() {}

  /** A user's error in place of a failure that comes from storage. */
  static Optional<UserError> explain(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      var text = cause.toString();
      var lower = text.toLowerCase(Locale.ROOT);
      for (var known : KNOWN) {
        if (known.signs().stream().anyMatch(lower::contains)) {
          var line = text.lines().findFirst().orElse("");
          return Optional.of(
              UserError.data("%s (%s)".formatted(known.problem(), line), known.advice()));
        }
      }
    }
    return Optional.empty();
  }
}
