package coterie.ingest.table;

import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * The branch of the tables that a session works on, where it is not the one that readers see.
 *
 * <p>Iceberg calls it write-audit-publish: in a session with {@link #CONF} set, every table with
 * the property {@link #ENABLED} is read from and written to the branch of that name, which begins
 * where the table is at the first write. Readers see nothing of it until somebody publishes it.
 */
public final class SessionBranch {

  /** The session's setting. */
  public static final String CONF = "spark.wap.branch";

  /** The property of tables that take part. */
  public static final String ENABLED = "write.wap.enabled";

  private SessionBranch() {}

  /** The branch that nobody else sees; empty if the session works on what readers see. */
  public static Optional<String> hidden(SparkSession spark) {
    var branch = spark.conf().getOption(CONF);
    return branch.isDefined() ? Optional.of(branch.get()) : Optional.empty();
  }
}
