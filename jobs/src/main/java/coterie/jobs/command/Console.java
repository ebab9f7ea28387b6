package coterie.jobs.command;

import java.util.List;

/** Lines for people on standard error. */
final class Console {

  private Console() {}

  static void warn(List<String> warnings) {
    warnings.forEach(Console::warn);
  }

  static void warn(String warning) {
    System.err.println("warning: " + warning);
  }
}
