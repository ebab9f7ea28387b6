package coterie.jobs.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.simulate.RequestReplayTable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Operating points of replayed requests: the whole time of an output token and the throughput of a
 * GPU, a row for each layout and load of the newest command that replayed requests of the model in
 * a closed loop.
 */
final class SweepSection {

  private static final int MAX_POINTS = 2_000;

  private SweepSection() {}

  /** Empty if no requests were replayed. */
  static ArrayNode of(SparkSession spark, ModelGeometry model) {
    var replays =
        spark
            .table(RequestReplayTable.TABLE.fullName())
            .where(col("model").equalTo(model.name()))
            .where(col("revision").equalTo(model.revision()))
            .where(col("loop").notEqual("open"));
    var list = Figures.array();
    newest(replays).forEach(row -> list.add(of(row)));
    return list;
  }

  private static List<Row> newest(Dataset<Row> replays) {
    var runs =
        replays
            .select("run")
            .orderBy(col("replayed_at").desc(), col("run"))
            .limit(1)
            .collectAsList();
    return runs.isEmpty()
        ? List.of()
        : replays
            .where(col("run").equalTo(runs.get(0).getString(0)))
            .orderBy("gpus", "plan", "router", "in_flight")
            .limit(MAX_POINTS)
            .collectAsList();
  }

  private static ObjectNode of(Row row) {
    var json = Figures.object();
    for (String name : new String[] {"plan", "planner", "loop", "router", "profile", "allocator"}) {
      json.put(name, row.<String>getAs(name));
    }
    json.put("batch", row.<Integer>getAs("in_flight"))
        .put("gpus", row.<Integer>getAs("gpus"))
        .put("groups", row.<Integer>getAs("groups"));
    json.set("tpotSeconds", Figures.of(row.<Double>getAs("tpot_seconds")));
    json.set("tokensPerSecond", Figures.of(row.<Double>getAs("tokens_per_second_per_gpu")));
    json.set("datasets", Figures.texts(row.getList(row.fieldIndex("datasets"))));
    return json;
  }
}
