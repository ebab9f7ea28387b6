package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.calibrate.ProfileFile;
import coterie.jobs.simulate.LoopKind;
import coterie.jobs.simulate.ModelProfiles;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.Allocator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Options of a replay of requests, shared by the commands that replay. */
final class LoopOptions {

  /** A flight larger than this part of the requests would be the same ones most of the time. */
  static final int REQUESTS_PER_FLIGHT = 4;

  @Option(
      names = "--in-flight",
      paramLabel = "N,N..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "1,4,16",
      description =
          "Requests in flight, all groups together; in an open loop at most so many; with --loop"
              + " token the tokens of a step (default: ${DEFAULT-VALUE}).")
  List<Integer> inFlight;

  @Option(
      names = "--profiles",
      paramLabel = "P,P..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "h100",
      description =
          "Hardware: h100, h200, b200, gb200, h800, or YAML files with constants over h100"
              + " (default: ${DEFAULT-VALUE}).")
  List<String> profiles;

  @Option(
      names = "--groups",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Separate expert-parallel groups, each with all experts (default: ${DEFAULT-VALUE}).")
  int groups;

  @Option(
      names = "--allocator",
      paramLabel = "A,A..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "round-robin",
      description =
          "Which group serves a request: round-robin, least-loaded, signature"
              + " (default: ${DEFAULT-VALUE}).")
  List<String> allocators;

  @Option(
      names = "--first-tokens",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Tokens that the signature allocator knows a request without a prompt by"
              + " (default: ${DEFAULT-VALUE}).")
  int firstTokens;

  @Option(
      names = "--prefill-chunk",
      paramLabel = "N",
      defaultValue = "512",
      description = "Most prompt tokens of a step and group (default: ${DEFAULT-VALUE}).")
  int chunk;

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Cached positions that a token attends to, assumed alike (default: ${DEFAULT-VALUE}).")
  double context;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "Most requests to replay, drawn by --seed if there are more (default: ${DEFAULT-VALUE}).")
  int requests;

  @Option(
      names = "--replicates",
      paramLabel = "N",
      description =
          "Halves of the requests that intervals are made from (default: 100; in an open loop 20).")
  Integer replicates;

  @Option(
      names = "--replicate-steps",
      paramLabel = "N",
      defaultValue = "128",
      description = "Steps priced of each of them (default: ${DEFAULT-VALUE}).")
  int replicateSteps;

  /** Refuses values that cannot be, before anything is read. */
  void check() {
    for (int flight : inFlight) {
      Checks.atLeast("--in-flight", flight, 1);
      if (flight % Checks.atLeast("--groups", groups, 1) != 0) {
        throw UserError.usage(
            "--in-flight %d does not divide over --groups %d".formatted(flight, groups),
            "give multiples of the number of groups");
      }
    }
    if (new LinkedHashSet<>(inFlight).size() != inFlight.size()) {
      throw UserError.usage("--in-flight %s names a size twice".formatted(inFlight), "each once");
    }
    Checks.atLeast("--prefill-chunk", chunk, 1);
    Checks.atLeast("--requests", requests, 1);
    Checks.atLeast("--first-tokens", firstTokens, 1);
    Checks.atLeast("--replicate-steps", replicateSteps, 1);
    if (replicates != null) {
      Checks.atLeast("--replicates", replicates, 0);
    }
    if (!(context >= 0)) {
      throw UserError.usage("--context is " + context, "must be at least 0");
    }
  }

  int replicates(LoopKind kind) {
    return replicates != null ? replicates : kind == LoopKind.OPEN ? 20 : 100;
  }

  List<Allocator> allocators() {
    return allocators.stream()
        .map(
            label ->
                Allocator.find(label)
                    .orElseThrow(
                        () ->
                            UserError.usage(
                                "unknown --allocator '%s'".formatted(label),
                                "one of: "
                                    + Arrays.stream(Allocator.values())
                                        .map(Allocator::label)
                                        .collect(Collectors.joining(", ")))))
        .distinct()
        .toList();
  }

  List<StepProfile> profiles(ModelGeometry model) {
    return profiles.stream().map(name -> profile(model, name)).toList();
  }

  private static StepProfile profile(ModelGeometry model, String name) {
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return ProfileFile.read(Path.of(name), ModelProfiles.of(model, "h100"));
    }
    return ModelProfiles.of(model, name);
  }
}
