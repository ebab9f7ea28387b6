package coterie.jobs.nightly;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What became of a night.
 *
 * @param stages those that ended, in order
 * @param plan in use afterwards
 * @param newPlan true if this night published it
 * @param gain over the plan that was in use, where two were compared
 * @param failure why the night ended early
 */
public record NightReport(
    LocalDate night,
    List<StageReport> stages,
    Optional<String> plan,
    boolean newPlan,
    Optional<Double> gain,
    Optional<String> failure) {

  public NightReport {
    stages = List.copyOf(stages);
  }
}
