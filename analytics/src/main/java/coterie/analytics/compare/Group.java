package coterie.analytics.compare;

import java.io.Serializable;
import org.apache.spark.sql.Row;

/** What is compared with each other: layers of one model, revision and phase. */
record Group(String model, String revision, String phase) implements Serializable {

  static Group of(Row row) {
    return new Group(row.getAs("model"), row.getAs("revision"), row.getAs("phase"));
  }
}
