package coterie.jobs.simulate;

import coterie.ingest.table.ModelGeometry;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.SignatureDistances;
import java.io.Serializable;
import java.util.List;

/**
 * What to replay.
 *
 * @param requests held-out requests in the order in which they come
 * @param kind of loop
 * @param contextTokens cached positions that a decoded token attends to: assumed
 * @param groups separate groups of GPUs, each with all experts
 * @param distances of requests to groups
 * @param chunkTokens most tokens of prompts in a step of a group
 * @param arrivalNanos of each request in an open loop, ascending; empty otherwise
 * @param arrivalsPerSecond mean rate of requests in an open loop; 0 otherwise
 * @param tokenSteps steps drawn where there are no requests
 * @param replicates for intervals over requests
 * @param replicateSteps steps priced of each
 * @param partitions of the work; no result depends on it
 */
public record LoopRequest(
    ModelGeometry model,
    RequestList requests,
    LoopKind kind,
    List<Contender> contenders,
    List<StepProfile> profiles,
    List<LoopScenario> scenarios,
    double contextTokens,
    int groups,
    SignatureDistances distances,
    int chunkTokens,
    List<Long> arrivalNanos,
    double arrivalsPerSecond,
    int tokenSteps,
    int replicates,
    int replicateSteps,
    long seed,
    int partitions)
    implements Serializable {

  public LoopRequest {
    contenders = List.copyOf(contenders);
    profiles = List.copyOf(profiles);
    scenarios = List.copyOf(scenarios);
    arrivalNanos = List.copyOf(arrivalNanos);
  }
}
