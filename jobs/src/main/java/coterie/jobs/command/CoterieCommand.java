package coterie.jobs.command;

import coterie.ingest.error.UserError;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The command line as a whole. */
@Command(
    name = "coterie",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    versionProvider = CoterieCommand.Version.class,
    description = {
      "Place the experts of Mixture-of-Experts language models on GPUs: from the traces that"
          + " serving engines record to a plan, with a proof of how far it is from the best"
          + " possible.",
      ""
    },
    subcommands = {
      DemoCommand.class,
      IngestCommand.class,
      AnalyzeCommand.class,
      PlanCommand.class,
      SimulateCommand.class,
      SweepCommand.class,
      DiffCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      ForgetCommand.class,
      MaintainCommand.class,
      HeadroomCommand.class,
      BenchCommand.class,
      SqlCommand.class,
      GenerateCommand.class
    },
    footer = {
      "",
      "Start with: coterie demo",
      "Exit codes: 0 done, 1 the data is at fault, 2 the command line is at fault."
    })
public final class CoterieCommand {

  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  private CoterieCommand() {}

  /** Runs one command line and returns its exit code. */
  public static int run(String... args) {
    var line =
        new CommandLine(new CoterieCommand())
            .setUsageHelpWidth(100)
            .setExecutionExceptionHandler((failure, command, result) -> report(failure))
            .setParameterExceptionHandler(CoterieCommand::reportUsage);
    if (args.length == 0) {
      line.usage(System.err);
      return USAGE;
    }
    return line.execute(args);
  }

  private static int reportUsage(ParameterException wrong, String[] args) {
    System.err.println("error: " + wrong.getMessage());
    System.err.printf("  see %s --help%n", wrong.getCommandLine().getCommandSpec().qualifiedName());
    return USAGE;
  }

  /** A user's error may come out of a Spark task wrapped many times. */
  private static int report(Exception failure) {
    var known = userError(failure);
    if (known.isPresent()) {
      System.err.println("error: " + known.get().getMessage());
      System.err.println("  " + known.get().advice());
      return known.get().kind().exitCode();
    }
    System.err.println("error: " + rootOf(failure).toString().lines().findFirst().orElse("?"));
    System.err.println(
        "  this is not what should happen; COTERIE_DEBUG=1 shows where it came from");
    if (System.getenv("COTERIE_DEBUG") != null) {
      failure.printStackTrace();
    }
    return FAILURE;
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = CoterieCommand.class.getPackage().getImplementationVersion();
      return new String[] {"coterie " + (version == null ? "(unpacked classes)" : version)};
    }
  }

  private static Optional<UserError> userError(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserError error) {
        return Optional.of(error);
      }
    }
    return Optional.empty();
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
