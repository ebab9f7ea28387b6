package coterie.jobs.bench;

import coterie.ingest.error.UserError;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;

/** DuckDB from a jar that the user names: it is no part of Coterie. */
public final class DuckDb implements AutoCloseable {

  private final URLClassLoader loader;
  private final Connection connection;

  /**
   * Opens a database in memory.
   *
   * @throws UserError if the jar holds no driver of DuckDB
   */
  public DuckDb(Path jar) {
    try {
      loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
      var driver =
          (Driver) loader.loadClass("org.duckdb.DuckDBDriver").getConstructor().newInstance();
      connection = driver.connect("jdbc:duckdb:", new Properties());
    } catch (IOException | ReflectiveOperationException | SQLException failure) {
      throw UserError.usage(
          "no DuckDB in '%s'".formatted(jar), "--duckdb takes the jar org.duckdb:duckdb_jdbc");
    }
  }

  /** Tokens of all pairs of the rows in a folder of Parquet files. */
  long pairs(String folder, int threads) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SET threads TO " + threads);
      var query =
          "SELECT CAST(sum(tokens) AS BIGINT) FROM (SELECT layer, a, b, count(*) AS tokens FROM"
              + " (SELECT layer, a, unnest(experts) AS b FROM (SELECT layer, experts,"
              + " unnest(experts) AS a FROM read_parquet('%s/*.parquet'))) WHERE a < b"
                  .formatted(folder)
              + " GROUP BY layer, a, b)";
      try (var rows = statement.executeQuery(query)) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Override
  public void close() throws SQLException, IOException {
    connection.close();
    loader.close();
  }
}
