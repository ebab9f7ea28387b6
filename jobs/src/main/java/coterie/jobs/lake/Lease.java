package coterie.jobs.lake;

import coterie.ingest.error.UserError;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A lock in the catalog's database that all hosts see, a row of {@code coterie_lease}.
 *
 * <p>It is renewed for as long as its process lives and runs out by itself some time after: nobody
 * has to clean up behind a host that died. Time is that of the database. What a process of the same
 * host held that is no more is free at once.
 */
public final class Lease implements AutoCloseable {

  /** How long a lease outlives its holder. */
  static final Duration LIFE = Duration.ofMinutes(2);

  private static final String CREATE =
      "CREATE TABLE IF NOT EXISTS coterie_lease (name VARCHAR(500) PRIMARY KEY,"
          + " owner VARCHAR(500) NOT NULL, since BIGINT NOT NULL, expires BIGINT NOT NULL)";

  /** Tokens of the leases that this process has not given back. */
  private static final Set<String> LIVE = ConcurrentHashMap.newKeySet();

  private final CatalogAddress catalog;
  private final String name;
  private final Owner owner;
  private final ScheduledExecutorService renewal;
  private volatile boolean lost;

  /**
   * Who holds a lease.
   *
   * @param process its number on the host, and when it began
   * @param token tells the leases of one process apart
   */
  private record Owner(String host, String process, String token) {

    static Owner self() {
      var process = ProcessHandle.current();
      var began = ManagementFactory.getRuntimeMXBean().getStartTime() / 1000;
      return new Owner(thisHost(), process.pid() + "@" + began, UUID.randomUUID().toString());
    }

    private static String thisHost() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException nameless) {
        return "unknown";
      }
    }

    static Owner parse(String text) {
      var parts = text.split(" ", 3);
      return new Owner(parts[0], parts[1], parts[2]);
    }

    String text() {
      return host + " " + process + " " + token;
    }

    private long pid() {
      return Long.parseLong(process.substring(0, process.indexOf('@')));
    }

    /**
     * True if it is known to live no more: a process of this host that is not there, or this one,
     * which could not write that it gave the lease back, on a disk that was full.
     */
    boolean gone() {
      return host.equals(thisHost())
          && (ProcessHandle.of(pid()).isEmpty()
              || (pid() == ProcessHandle.current().pid() && !LIVE.contains(token)));
    }
  }

  private record Held(Owner owner, long since, long expires) {}

  private Lease(CatalogAddress catalog, String name, Owner owner) {
    this.catalog = catalog;
    this.name = name;
    this.owner = owner;
    this.renewal =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              var thread = new Thread(task, "lease of " + name);
              thread.setDaemon(true);
              return thread;
            });
    long pause = LIFE.toMillis() / 6;
    var unused = renewal.scheduleAtFixedRate(this::renew, pause, pause, TimeUnit.MILLISECONDS);
  }

  /**
   * Takes a lease, or says who has it.
   *
   * @throws UserError if somebody else has it
   */
  static Lease take(CatalogAddress catalog, String name) {
    var owner = Owner.self();
    var holder = attempt(catalog, name, owner);
    if (holder.isPresent()) {
      var held = holder.get();
      throw UserError.data(
          "another command holds '%s': process %s of host %s, since %s"
              .formatted(
                  name,
                  held.owner().pid(),
                  held.owner().host(),
                  Instant.ofEpochSecond(held.since())),
          "wait for its end; should its host be gone, the lock is free at "
              + Instant.ofEpochSecond(held.expires()));
    }
    return new Lease(catalog, name, owner);
  }

  /** Takes a lease as soon as it is free. */
  static Lease await(CatalogAddress catalog, String name, Runnable waiting) {
    var owner = Owner.self();
    boolean told = false;
    while (attempt(catalog, name, owner).isPresent()) {
      if (!told) {
        waiting.run();
        told = true;
      }
      try {
        Thread.sleep(500);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw UserError.data("interrupted while waiting for '%s'".formatted(name), "try again");
      }
    }
    return new Lease(catalog, name, owner);
  }

  /** Empty if the lease is ours now. */
  private static Optional<Held> attempt(CatalogAddress catalog, String name, Owner owner) {
    try (var connection = catalog.connect()) {
      createTable(connection);
      var now = now(catalog);
      run(connection, "DELETE FROM coterie_lease WHERE name = ? AND expires < " + now, name);
      var held = held(connection, name);
      if (held.isPresent() && held.get().owner().gone()) {
        run(
            connection,
            "DELETE FROM coterie_lease WHERE name = ? AND owner = ?",
            name,
            held.get().owner().text());
        held = held(connection, name);
      }
      if (held.isPresent()) {
        return held;
      }
      LIVE.add(owner.token());
      try {
        run(
            connection,
            "INSERT INTO coterie_lease VALUES (?, ?, %s, %s + %d)"
                .formatted(now, now, LIFE.toSeconds()),
            name,
            owner.text());
        return Optional.empty();
      } catch (SQLException takenMeanwhile) {
        LIVE.remove(owner.token());
        held = held(connection, name);
        if (held.isEmpty()) {
          throw takenMeanwhile;
        }
        return held;
      }
    } catch (SQLException failure) {
      throw refused(catalog, failure);
    }
  }

  /** {@code IF NOT EXISTS} keeps PostgreSQL from no error where two do it at the same moment. */
  private static void createTable(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(CREATE);
    } catch (SQLException another) {
      try (var statement = connection.createStatement()) {
        statement.execute(CREATE);
      } catch (SQLException again) {
        again.addSuppressed(another);
        throw again;
      }
    }
  }

  private static UserError refused(CatalogAddress catalog, SQLException failure) {
    return UserError.data(
        "the catalog %s takes no lock: %s".formatted(catalog, failure.getMessage()),
        "the command must be able to reach the database and to write into it");
  }

  /** Seconds since 1970 by the database's clock. */
  private static String now(CatalogAddress catalog) {
    return catalog.uri().startsWith("jdbc:sqlite:")
        ? "CAST(strftime('%s', 'now') AS BIGINT)"
        : "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) AS BIGINT)";
  }

  private static Optional<Held> held(Connection connection, String name) throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT owner, since, expires FROM coterie_lease WHERE name = ?")) {
      query.setString(1, name);
      try (var rows = query.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new Held(Owner.parse(rows.getString(1)), rows.getLong(2), rows.getLong(3)))
            : Optional.empty();
      }
    }
  }

  private static int run(Connection connection, String sql, String... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  private void renew() {
    try (var connection = catalog.connect()) {
      lost =
          run(
                  connection,
                  "UPDATE coterie_lease SET expires = %s + %d WHERE name = ? AND owner = ?"
                      .formatted(now(catalog), LIFE.toSeconds()),
                  name,
                  owner.text())
              == 0;
    } catch (SQLException notReached) {
      // Tried again before the lease runs out; should it run out, the next renewal finds it gone.
      return;
    }
  }

  /**
   * Makes sure that the lease is still held, before something that only its holder may do.
   *
   * @throws UserError if it ran out
   */
  public void requireHeld() {
    renew();
    if (lost) {
      throw UserError.data(
          "the lock '%s' ran out while the command worked".formatted(name),
          "the host must have stood still; run the command again");
    }
  }

  @Override
  public void close() {
    renewal.shutdownNow();
    LIVE.remove(owner.token());
    try (var connection = catalog.connect()) {
      run(connection, "DELETE FROM coterie_lease WHERE name = ? AND owner = ?", name, owner.text());
    } catch (SQLException notReached) {
      // It runs out by itself.
      return;
    }
  }
}
