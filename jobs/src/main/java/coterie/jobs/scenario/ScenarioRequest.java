package coterie.jobs.scenario;

import coterie.jobs.calibrate.ProfileFile;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.profile.StepProfile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How scenarios are run.
 *
 * @param traces folder of recorded traces
 * @param planner that is held against EPLB
 * @param layers of each model that are planned and judged
 * @param planningSteps drawn for a plan, at small batches
 * @param proposals of a search
 * @param judgedSteps drawn to judge on, at small batches
 * @param profile file of constants over those of each scenario's profile
 * @param seed of all that is drawn
 */
public record ScenarioRequest(
    Path traces,
    PlannerKind planner,
    int layers,
    int planningSteps,
    long proposals,
    int judgedSteps,
    Optional<Path> profile,
    long seed) {

  private static final int TOKENS_OF_ALL_STEPS = 65_536;
  private static final int FEWEST_STEPS = 8;

  /** The constants that a scenario is priced with. */
  StepProfile profileOf(Scenario scenario) {
    var preset = scenario.profile();
    return profile.map(file -> ProfileFile.read(file, preset)).orElse(preset);
  }

  /** Steps of a size to plan on: fewer of large ones, which vary less. */
  int planningSteps(int batch) {
    return bounded(planningSteps, batch);
  }

  /** Steps of a size to judge on. */
  int judgedSteps(int batch) {
    return bounded(judgedSteps, batch);
  }

  private static int bounded(int steps, int batch) {
    return Math.max(FEWEST_STEPS, Math.min(steps, TOKENS_OF_ALL_STEPS / batch));
  }
}
