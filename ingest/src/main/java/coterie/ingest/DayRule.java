package coterie.ingest;

import coterie.ingest.error.UserError;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The day of a file: a date, or what a pattern finds in its path.
 *
 * @param date null if a pattern is given
 * @param pattern its first group is the date, with hyphens or without; null if a date is given
 */
public record DayRule(LocalDate date, Pattern pattern) {

  /**
   * Understands what the user gave: with a parenthesis it is a pattern, without a date.
   *
   * @throws UserError if it is neither
   */
  public static DayRule parse(String text) {
    if (text.indexOf('(') < 0) {
      try {
        return new DayRule(LocalDate.parse(text), null);
      } catch (DateTimeParseException noDate) {
        throw UserError.usage("--day '%s' is no date".formatted(text), advice());
      }
    }
    try {
      var pattern = Pattern.compile(text);
      if (pattern.matcher("").groupCount() == 0) {
        throw UserError.usage("--day '%s' has no group".formatted(text), advice());
      }
      return new DayRule(null, pattern);
    } catch (PatternSyntaxException wrong) {
      throw UserError.usage(
          "--day '%s' is no pattern: %s".formatted(text, wrong.getDescription()), advice());
    }
  }

  private static String advice() {
    return "a date as 2026-01-05, or a regular expression on the path with one group,"
        + " for example 'traces/(\\d{4}-\\d{2}-\\d{2})/'";
  }

  /**
   * The day of a file.
   *
   * @throws UserError if the pattern does not find a date
   */
  LocalDate of(String path) {
    if (pattern == null) {
      return date;
    }
    var matcher = pattern.matcher(path);
    if (!matcher.find() || matcher.group(1) == null) {
      throw UserError.data(
          "--day '%s' finds nothing in '%s'".formatted(pattern, SourceFile.display(path)),
          advice());
    }
    var found = matcher.group(1);
    try {
      return found.indexOf('-') < 0
          ? LocalDate.parse(found, DateTimeFormatter.BASIC_ISO_DATE)
          : LocalDate.parse(found);
    } catch (DateTimeParseException noDate) {
      throw UserError.data(
          "--day '%s' finds '%s' in '%s', which is no date"
              .formatted(pattern, found, SourceFile.display(path)),
          advice());
    }
  }
}
