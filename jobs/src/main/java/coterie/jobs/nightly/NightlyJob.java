package coterie.jobs.nightly;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.ActivationTable;
import coterie.ingest.table.IssueTable;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.ingest.table.SourceTable;
import coterie.jobs.lake.Lake;
import coterie.jobs.plan.PlanTables;
import coterie.jobs.simulate.ReplayTable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs nights one after the other, alone in its lake. */
public final class NightlyJob {

  private final Lake lake;
  private final NightlyConfig config;
  private final Consumer<String> tell;

  /**
   * A job.
   *
   * @param tell hears of each stage as it begins
   */
  public NightlyJob(Lake lake, NightlyConfig config, Consumer<String> tell) {
    this.lake = lake;
    this.config = config;
    this.tell = tell;
  }

  /**
   * What became of some nights.
   *
   * @param failure of the last one; null if all went well
   */
  public record Result(String run, List<NightReport> nights, RuntimeException failure) {

    public Result {
      nights = List.copyOf(nights);
    }
  }

  /**
   * Runs the nights in order; after one that fails none is run.
   *
   * @throws coterie.ingest.error.UserError if another nightly job is at work in the lake
   */
  public Result run(List<LocalDate> nights) {
    var run = UUID.randomUUID().toString();
    var reports = new ArrayList<NightReport>();
    try (var lease = lake.lease("nightly")) {
      var log = new RunLog(lake.spark(), run, config.name());
      for (var night : nights) {
        var branch = new NightBranch(lake.spark(), tables(), config.name() + "_" + night);
        Consumer<String> told = stage -> tell.accept("nightly %s: %s".formatted(night, stage));
        try {
          reports.add(new Night(lake, config, night, log, lease, branch, told).run());
        } catch (NightFailed failed) {
          reports.add(failed.report());
          return new Result(run, reports, (RuntimeException) failed.getCause());
        }
      }
    }
    return new Result(run, reports, null);
  }

  /**
   * Tables that a night writes on its branch, in the order in which readers get to see them: facts,
   * then the accounts that say that they are complete, then what was made of them; last the plan
   * that is in use.
   */
  static List<LakeTable> tables() {
    return Stream.of(
            List.of(
                RoutingTable.TABLE,
                ActivationTable.TABLE,
                PassLoadTable.TABLE,
                ModelTable.TABLE,
                IssueTable.TABLE,
                SourceTable.TABLE),
            StatisticsTables.ALL,
            List.of(PlanTables.PLAN_LAYER, PlanTables.PLAN, ReplayTable.TABLE),
            List.of(NightlyTables.PUBLISHED))
        .flatMap(List::stream)
        .toList();
  }
}
