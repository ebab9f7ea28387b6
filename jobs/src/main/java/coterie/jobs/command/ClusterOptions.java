package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.planner.model.Cluster;
import java.util.List;
import picocli.CommandLine.Option;

/** Where to place: options of {@code plan}. */
final class ClusterOptions {

  @Option(names = "--gpus", paramLabel = "G", required = true, description = "GPUs.")
  private int gpus;

  @Option(
      names = "--slots-per-gpu",
      paramLabel = "S[,S..]",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description =
          "Expert replicas that a GPU holds in each layer; one number, or one for each GPU.")
  private List<Integer> slotsPerGpu;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Nodes that the GPUs stand in, as many in each; hierarchical planners keep expert groups"
              + " on nodes (default: ${DEFAULT-VALUE}).")
  private int nodes;

  /**
   * The cluster.
   *
   * @throws UserError if the numbers do not fit each other
   */
  Cluster cluster() {
    Checks.atLeast("--gpus", gpus, 1);
    Checks.atLeast("--nodes", nodes, 1);
    slotsPerGpu.forEach(slots -> Checks.atLeast("--slots-per-gpu", slots, 1));
    if (gpus % nodes != 0) {
      throw UserError.usage(
          "--gpus %d do not divide over --nodes %d".formatted(gpus, nodes),
          "every node has as many GPUs");
    }
    if (slotsPerGpu.size() == 1) {
      return new Cluster(nodes, gpus, slotsPerGpu.get(0));
    }
    if (slotsPerGpu.size() != gpus) {
      throw UserError.usage(
          "--slots-per-gpu has %d values for %d GPUs".formatted(slotsPerGpu.size(), gpus),
          "one for all GPUs, or one for each");
    }
    return Cluster.ofSlots(nodes, slotsPerGpu.stream().mapToInt(Integer::intValue).toArray());
  }
}
