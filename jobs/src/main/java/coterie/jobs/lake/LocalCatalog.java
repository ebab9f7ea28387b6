package coterie.jobs.lake;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.JdbcClientPool;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/**
 * Iceberg's JDBC catalog, made fit for several processes on one SQLite file, and for drivers that
 * come with the application and not with Spark.
 *
 * <p>Iceberg 1.10 leaves the metadata queries of its start open ({@code JdbcCatalog.initialize}).
 * To SQLite a connection with an open query is inside a read transaction: for as long as it lives
 * it sees the catalog as it was then, and refuses to write once another process has written. So
 * these queries are sent over connections of their own, which are closed when the start is over.
 */
public final class LocalCatalog extends JdbcCatalog {

  private final AtomicReference<Pool> pool;

  public LocalCatalog() {
    this(new AtomicReference<>());
  }

  private LocalCatalog(AtomicReference<Pool> pool) {
    super(
        null,
        properties -> {
          pool.set(new Pool(properties.get(CatalogProperties.URI), properties));
          return pool.get();
        },
        true);
    this.pool = pool;
  }

  @Override
  public void initialize(String name, Map<String, String> properties) {
    try {
      super.initialize(name, properties);
    } catch (UncheckedSQLException another) {
      // Two processes that make the catalog's tables at the same moment: one of them fails, and
      // finds them when it looks again.
      super.initialize(name, properties);
    }
    pool.get().closeAside();
  }

  private static final class Pool extends JdbcClientPool {

    private final List<Connection> aside = new ArrayList<>();
    private final String uri;
    private final Map<String, String> properties;

    Pool(String uri, Map<String, String> properties) {
      super(uri, properties);
      this.uri = uri;
      this.properties = Map.copyOf(properties);
    }

    @Override
    protected Connection newClient() {
      var connection = connect();
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> call(connection, method, arguments));
    }

    private Connection connect() {
      try {
        return CatalogAddress.connect(uri, properties);
      } catch (SQLException failure) {
        throw new UncheckedSQLException(failure, "Failed to connect: %s", uri);
      }
    }

    private Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
      if (method.getName().equals("getMetaData")) {
        var own = connect();
        aside.add(own);
        return own.getMetaData();
      }
      try {
        return method.invoke(connection, arguments);
      } catch (InvocationTargetException failure) {
        throw failure.getCause();
      }
    }

    void closeAside() {
      try {
        for (var connection : aside) {
          connection.close();
        }
      } catch (SQLException failure) {
        throw new UncheckedSQLException(failure, "cannot close a connection to the catalog");
      }
      aside.clear();
    }
  }
}
