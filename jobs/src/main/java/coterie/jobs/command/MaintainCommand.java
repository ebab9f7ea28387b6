package coterie.jobs.command;

import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.Maintenance;
import coterie.jobs.text.TextTable;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie maintain}. */
@Command(
    name = "maintain",
    description = "Compact small files, expire old snapshots, remove orphans; the data stay.",
    footer = {"", "Example:", "  coterie maintain --lake lake --keep-days 7"})
final class MaintainCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--keep-days",
      paramLabel = "N",
      defaultValue = "7",
      description = "Days that older states stay readable (default: ${DEFAULT-VALUE}).")
  private int keepDays;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    Checks.atLeast("--keep-days", keepDays, 0);
    var table =
        new TextTable("table", "files before", "after", "snapshots expired", "orphans removed");
    try (OpenLake lake = lakeOptions.open()) {
      var maintenance = new Maintenance(lake.spark(), Instant.now());
      for (var lakeTable : LakeOptions.tables()) {
        var upkeep = maintenance.run(lakeTable, keepDays);
        table.row(
            upkeep.table(),
            "%,d".formatted(upkeep.filesBefore()),
            "%,d".formatted(upkeep.filesAfter()),
            "%,d".formatted(upkeep.snapshotsExpired()),
            "%,d".formatted(upkeep.orphansRemoved()));
      }
    }
    System.out.print(table.render());
    System.out.printf("  orphans younger than %d days stay, %s%n", Maintenance.ORPHAN_DAYS, watch);
    return 0;
  }
}
