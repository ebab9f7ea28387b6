package coterie.jobs.lake;

import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.JdbcClientPool;

/**
 * Iceberg's JDBC catalog, made fit for several processes on one SQLite file.
 *
 * <p>Iceberg 1.10 leaves the metadata queries of its start open ({@code JdbcCatalog.initialize}).
 * To SQLite a connection with an open query reads an old snapshot for ever, and refuses to write
 * after any other process has written (SQLITE_BUSY_SNAPSHOT). Such a connection is replaced, and
 * the statement, which has changed nothing, is sent again.
 */
public final class LocalCatalog extends JdbcCatalog {

  public LocalCatalog() {
    super(null, properties -> new Pool(properties.get(CatalogProperties.URI), properties), true);
  }

  private static final class Pool extends JdbcClientPool {

    private static final String STALE_SNAPSHOT = "SQLITE_BUSY_SNAPSHOT";

    Pool(String uri, Map<String, String> properties) {
      super(uri, properties);
    }

    @Override
    protected boolean isConnectionException(Exception failure) {
      return super.isConnectionException(failure)
          || String.valueOf(failure.getMessage()).contains(STALE_SNAPSHOT);
    }
  }
}
