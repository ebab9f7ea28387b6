package coterie.jobs.nightly;

import coterie.ingest.WorkloadRule;
import coterie.ingest.read.TraceFormat;
import coterie.jobs.export.PlanFormat;
import coterie.planner.algorithm.BatchShare;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.routing.RouterRule;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What a night does; {@code jobs/docs/nightly.md} describes the file that it is read from.
 *
 * @param name of the deployment whose plan is published
 * @param lake folder, if the file names one
 * @param catalog of the lake, if the file names one
 * @param model whose experts are placed
 * @param sources of traces, at least one
 * @param cluster to plan for
 * @param mix batch sizes that are served, with their shares
 */
public record NightlyConfig(
    String name,
    Optional<String> lake,
    Optional<String> catalog,
    Model model,
    List<Source> sources,
    Cluster cluster,
    List<BatchShare> mix,
    Planning planning,
    Checks checks,
    Publishing publishing,
    Export export,
    Retention retention) {

  public NightlyConfig {
    sources = List.copyOf(sources);
    mix = List.copyOf(mix);
  }

  /**
   * The model.
   *
   * @param file with its shape, for models that are not built in
   */
  public record Model(String name, String revision, Optional<String> file) {}

  /**
   * Where the traces of a data set lie.
   *
   * @param paths each with {@code {day}} in it
   * @param format of the files; empty to tell by their content
   * @param phase of all tokens, for traces that do not say
   */
  public record Source(
      String dataset,
      List<String> paths,
      Optional<TraceFormat> format,
      Optional<String> phase,
      Optional<WorkloadRule> workload,
      boolean rows) {

    /** Stands for the day in a path, as 2026-01-05. */
    static final String DAY = "{day}";

    public Source {
      paths = List.copyOf(paths);
    }

    List<String> pathsOf(LocalDate day) {
      return paths.stream().map(path -> path.replace(DAY, day.toString())).toList();
    }
  }

  /**
   * How to plan.
   *
   * @param days before the newest one that a plan is made from
   * @param mostMovedSlots of a layer against the plan in use, if there is a limit
   * @param mostImbalance of tokens, if there is a limit
   */
  public record Planning(
      PlannerKind planner,
      RouterRule router,
      String phase,
      int days,
      int steps,
      long proposals,
      long seed,
      Optional<Integer> mostMovedSlots,
      Optional<Double> mostImbalance) {}

  /**
   * What a night must meet before anybody sees it.
   *
   * @param mostRejected share of the records of a data set's day
   * @param leastTokens of a data set's day
   */
  public record Checks(double mostRejected, long leastTokens) {}

  /**
   * When a plan takes the place of the one in use.
   *
   * @param leastGain share of the cost in use that must be saved at least, by the lower end of the
   *     interval
   * @param mostMovedBytes that a change of plan may copy, if there is a limit
   */
  public record Publishing(double leastGain, Optional<Long> mostMovedBytes) {}

  /**
   * The files that engines load.
   *
   * @param folder of any Hadoop file system
   */
  public record Export(Optional<String> folder, List<PlanFormat> formats) {
    public Export {
      formats = List.copyOf(formats);
    }
  }

  /**
   * What goes.
   *
   * @param factDays of traces that stay; all if empty
   * @param snapshotDays that older states of tables stay readable; tables are left alone if empty
   */
  public record Retention(Optional<Integer> factDays, Optional<Integer> snapshotDays) {}

  List<String> datasets() {
    return sources.stream().map(Source::dataset).distinct().toList();
  }

  List<Integer> batches() {
    return mix.stream().map(BatchShare::tokens).toList();
  }
}
