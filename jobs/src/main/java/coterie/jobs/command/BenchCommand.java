package coterie.jobs.command;

import picocli.CommandLine.Command;

/** {@code coterie bench}: every figure that the documentation states, each by one subcommand. */
@Command(
    name = "bench",
    description = "Measure this machine, and make the figures of the documentation anew.",
    subcommands = {
      BenchIngestCommand.class,
      BenchProfileCommand.class,
      BenchScenariosCommand.class,
      BenchSearchCommand.class,
      BenchScaleCommand.class
    },
    footer = {
      "",
      "Example:",
      "  coterie bench ingest --model gpt-oss-20b --megabytes 1000 traces/mmlu_test.jsonl.gz"
    })
final class BenchCommand {}
