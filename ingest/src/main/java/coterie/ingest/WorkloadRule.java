package coterie.ingest;

import coterie.ingest.error.UserError;
import coterie.ingest.read.RunOrigin;
import java.io.Serializable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which family of requests a request belongs to: what a pattern finds in its id, or a field of its
 * record.
 *
 * @param pattern its first group is the workload; null if a field is
 * @param field levels separated by dots; null if a pattern is given
 */
public record WorkloadRule(Pattern pattern, String field) implements Serializable {

  /**
   * Understands what the user gave: with a parenthesis it is a pattern with a group, without the
   * name of a field.
   *
   * @throws UserError if the pattern is none
   */
  public static WorkloadRule parse(String text) {
    if (text.isBlank()) {
      throw UserError.usage("--workload is empty", advice());
    }
    if (text.indexOf('(') < 0) {
      return new WorkloadRule(null, text);
    }
    try {
      var pattern = Pattern.compile(text);
      if (pattern.matcher("").groupCount() == 0) {
        throw UserError.usage("--workload '%s' has no group".formatted(text), advice());
      }
      return new WorkloadRule(pattern, null);
    } catch (PatternSyntaxException wrong) {
      throw UserError.usage(
          "--workload '%s' is no pattern: %s".formatted(text, wrong.getDescription()), advice());
    }
  }

  private static String advice() {
    return "a field of the record, or a regular expression on the request id with one group,"
        + " for example '^([^/]+)/'";
  }

  /** The workload; null if there is none. */
  String of(RunOrigin origin) {
    if (pattern == null) {
      return origin.workload();
    }
    if (origin.requestId() == null) {
      return null;
    }
    var matcher = pattern.matcher(origin.requestId());
    return matcher.find() ? matcher.group(1) : null;
  }
}
