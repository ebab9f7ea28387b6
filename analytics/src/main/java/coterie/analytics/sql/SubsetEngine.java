package coterie.analytics.sql;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Who finds frequent subsets. */
public enum SubsetEngine {
  /** Level by level, in SQL. */
  LEVELS("levels"),
  /** FP-growth of Spark MLlib. */
  MLLIB("mllib");

  private final String label;

  SubsetEngine(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /** The engine of a name. */
  public static Optional<SubsetEngine> find(String label) {
    return Arrays.stream(values()).filter(engine -> engine.label.equals(label)).findFirst();
  }

  /** All names. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(SubsetEngine::label).toList();
  }
}
