package coterie.jobs.command;

import picocli.CommandLine.Command;

/** {@code coterie bench}: every figure that the documentation states, each by one subcommand. */
@Command(
    name = "bench",
    description = "Measure this machine, and make the figures of the documentation anew.",
    subcommands = {
      BenchAnalyticsCommand.class,
      BenchBalanceCommand.class,
      BenchCertificatesCommand.class,
      BenchGeneratorCommand.class,
      BenchIngestCommand.class,
      BenchProfileCommand.class,
      BenchReplayCommand.class,
      BenchRoutersCommand.class,
      BenchScaleCommand.class,
      BenchScenariosCommand.class,
      BenchSearchCommand.class,
      BenchWorkersCommand.class
    },
    footer = {
      "",
      "Example:",
      "  coterie bench ingest --model gpt-oss-20b --megabytes 1000 traces/mmlu_test.jsonl.gz"
    })
final class BenchCommand {}
