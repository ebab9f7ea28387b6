package coterie.jobs.command;

import coterie.ingest.error.UserError;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FSError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

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
      ReportCommand.class,
      DiffCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      ForgetCommand.class,
      NightlyCommand.class,
      MaintainCommand.class,
      HeadroomCommand.class,
      BenchCommand.class,
      SqlCommand.class,
      GenerateCommand.class,
      DoctorCommand.class,
      CompletionCommand.class
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
    var line = line();
    if (args.length == 0) {
      line.usage(System.err);
      return USAGE;
    }
    try {
      return line.execute(args);
    } catch (FSError disk) {
      // Hadoop's word for a local disk that is full; picocli handles exceptions only.
      return report(new IllegalStateException(disk));
    }
  }

  /** Output of the other commands is a receipt, which {@code --quiet} leaves out. */
  private static final Set<String> ANSWERING =
      Set.of("sql", "diff", "simulate", "headroom", "bench", "doctor", "completion");

  private static int execute(ParseResult parsed) {
    var last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    boolean answers = parsed.hasSubcommand() && ANSWERING.contains(nameOf(parsed.subcommand()));
    if (answers || !last.hasMatchedOption("--quiet")) {
      return new CommandLine.RunLast().execute(parsed);
    }
    var out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      return new CommandLine.RunLast().execute(parsed);
    } finally {
      System.setOut(out);
    }
  }

  private static String nameOf(ParseResult command) {
    return command.commandSpec().name();
  }

  /** All commands and options. */
  static CommandLine line() {
    return new CommandLine(new CoterieCommand())
        .setUsageHelpWidth(100)
        .setExecutionStrategy(CoterieCommand::execute)
        .setExecutionExceptionHandler((failure, command, result) -> report(failure))
        .setParameterExceptionHandler(CoterieCommand::reportUsage);
  }

  private static int reportUsage(ParameterException wrong, String[] args) {
    System.err.println("error: " + wrong.getMessage());
    System.err.printf("  see %s --help%n", wrong.getCommandLine().getCommandSpec().qualifiedName());
    return USAGE;
  }

  /** A user's error may come out of a Spark task wrapped many times. */
  private static int report(Exception failure) {
    var known = userError(failure).or(() -> StorageErrors.explain(failure));
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
      return new String[] {"coterie " + version()};
    }
  }

  static String version() {
    var version = CoterieCommand.class.getPackage().getImplementationVersion();
    return version == null ? "(unpacked classes)" : version;
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
