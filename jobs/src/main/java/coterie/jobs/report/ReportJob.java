package coterie.jobs.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelTable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.SparkSession;

/** Asks a lake for everything that a report shows. */
public final class ReportJob {

  private final SparkSession spark;

  public ReportJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * The data of a page.
   *
   * @param now when it is made
   * @param version of Coterie
   * @throws UserError if the lake has no such model
   */
  public ObjectNode run(ReportRequest request, Instant now, String version) {
    spark.sparkContext().setJobDescription("report");
    var models =
        spark
            .table(ModelTable.TABLE.fullName())
            .orderBy(col("model"), col("revision"))
            .collectAsList()
            .stream()
            .map(ModelTable::fromRow)
            .toList();
    var wanted =
        models.stream()
            .filter(
                model -> request.model().isEmpty() || request.model().get().equals(model.name()))
            .toList();
    if (wanted.isEmpty()) {
      throw models.isEmpty()
          ? UserError.data("the lake holds no model yet", "coterie ingest fills a lake")
          : UserError.usage(
              "the lake has no model '%s'".formatted(request.model().orElse("")),
              "it has: "
                  + String.join(", ", models.stream().map(m -> m.name()).distinct().toList()));
    }
    var json = Figures.object();
    json.put("at", now.truncatedTo(ChronoUnit.SECONDS).toString())
        .put("coterie", version)
        .put("spark", spark.version())
        .put("java", System.getProperty("java.version"))
        .put("perUnitOfLoad", LoadSection.PER_UNIT);
    var list = json.putArray("models");
    wanted.forEach(model -> list.add(new ModelReport(spark, model, request.today()).json()));
    return json;
  }
}
