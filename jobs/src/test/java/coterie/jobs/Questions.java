package coterie.jobs;

import coterie.jobs.lake.Lake;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Several questions to a lake in one session; a command would open one for each. */
public final class Questions implements AutoCloseable {

  private final Lake lake;

  public Questions(String folder) {
    this.lake = Lake.open(folder, Optional.of("local[2]"), List.of());
  }

  public SparkSession spark() {
    return lake.spark();
  }

  /** The rows of an answer, columns separated by a blank. */
  public List<String> ask(String query) {
    return lake.spark().sql(query).collectAsList().stream().map(row -> row.mkString(" ")).toList();
  }

  @Override
  public void close() {
    lake.close();
  }
}
