package coterie.jobs.nightly;

import static org.apache.spark.sql.functions.col;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeRequest;
import coterie.ingest.Forget;
import coterie.ingest.ForgetRequest;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.Lake;
import coterie.jobs.lake.Maintenance;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;

/** Takes old days out of the lake and keeps its tables in shape, as far as a configuration asks. */
final class Retain {

  private final Lake lake;
  private final NightlyConfig config;
  private final LocalDate night;

  Retain(Lake lake, NightlyConfig config, LocalDate night) {
    this.lake = lake;
    this.config = config;
    this.night = night;
  }

  Night.Outcome run() {
    int days = 0;
    if (config.retention().factDays().isPresent()) {
      var first = night.minusDays(config.retention().factDays().get() - 1L);
      for (String dataset : config.datasets()) {
        days += forget(dataset, daysBefore(first, dataset));
      }
    }
    if (config.retention().snapshotDays().isPresent()) {
      var maintenance = new Maintenance(lake.spark(), Instant.now());
      for (var table : NightlyJob.tables()) {
        maintenance.run(table, config.retention().snapshotDays().get());
      }
    }
    return Night.Outcome.done(
        days,
        "%,d days of data sets forgotten%s"
            .formatted(
                days, config.retention().snapshotDays().isPresent() ? ", tables maintained" : ""));
  }

  private List<LocalDate> daysBefore(LocalDate first, String dataset) {
    var days = new TreeSet<LocalDate>();
    for (var table : List.of(RoutingTable.TABLE, PassLoadTable.TABLE)) {
      lake.spark()
          .table(table.fullName())
          .where(
              col("model")
                  .equalTo(config.model().name())
                  .and(col("dataset").equalTo(dataset))
                  .and(col("day").lt(first)))
          .select("day")
          .distinct()
          .collectAsList()
          .forEach(row -> days.add((LocalDate) row.get(0)));
    }
    return List.copyOf(days);
  }

  private int forget(String dataset, List<LocalDate> days) {
    if (days.isEmpty()) {
      return 0;
    }
    var model = config.model().name();
    var request = new ForgetRequest(model, dataset, List.of(), List.of(), List.of(), days);
    lake.alone(
        "facts of %s in %s".formatted(model, dataset),
        () -> {},
        () -> new Forget(lake.spark()).run(request));
    lake.alone(
        "statistics",
        () -> {},
        () -> new Analysis(lake.spark()).run(AnalyzeRequest.again(model, dataset)));
    return days.size();
  }
}
