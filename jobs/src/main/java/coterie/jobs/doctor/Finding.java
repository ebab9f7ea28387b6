package coterie.jobs.doctor;

/**
 * What one check found.
 *
 * @param what was looked at
 * @param found in words
 * @param advice what to do about it; empty if it is as it should be
 */
public record Finding(Grade grade, String what, String found, String advice) {

  /** How bad it is. */
  public enum Grade {
    /** As it should be. */
    FINE,
    /** Works, but not for everything. */
    NOTICE,
    /** Does not work. */
    WRONG
  }

  static Finding fine(String what, String found) {
    return new Finding(Grade.FINE, what, found, "");
  }

  static Finding notice(String what, String found, String advice) {
    return new Finding(Grade.NOTICE, what, found, advice);
  }

  public static Finding wrong(String what, String found, String advice) {
    return new Finding(Grade.WRONG, what, found, advice);
  }
}
