package coterie.jobs.lake;

import coterie.ingest.error.UserError;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The database that an Iceberg catalog lives in.
 *
 * @param uri JDBC address, without credentials
 * @param options of the catalog; those that begin with {@code jdbc.} are given to the driver
 */
public record CatalogAddress(String uri, Map<String, String> options) {

  /** Options that begin so are the driver's. */
  static final String DRIVER_PREFIX = "jdbc.";

  private static final String USER = DRIVER_PREFIX + "user";
  private static final String PASSWORD = DRIVER_PREFIX + "password";
  private static final Pattern SECRET_IN_ADDRESS =
      Pattern.compile("(?i)[?&;](password|pwd|secret|token)=|//[^/@]*:[^/@]*@");

  public CatalogAddress {
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /**
   * The catalog of a local lake. Iceberg leaves answered queries open, and in SQLite's default mode
   * an open query of one process locks all others out; with a write-ahead log readers block nobody.
   * Two writers wait for each other.
   */
  static CatalogAddress ofFile(Path file) {
    return new CatalogAddress(
        "jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=60000", Map.of());
  }

  /**
   * Understands {@code --catalog}: a JDBC address, or a file of properties with {@code uri} and
   * what else the catalog needs.
   *
   * @param environment where user and password may be, as {@code COTERIE_CATALOG_USER} and {@code
   *     COTERIE_CATALOG_PASSWORD}
   * @throws UserError if it is neither, or a password would be seen by others
   */
  public static CatalogAddress parse(String given, Map<String, String> environment) {
    var options = new TreeMap<String, String>();
    if (given.startsWith("jdbc:")) {
      options.put("uri", given);
    } else {
      read(given).forEach((key, value) -> options.put((String) key, (String) value));
    }
    var type = options.getOrDefault("type", "jdbc");
    options.remove("type");
    if (!type.equals("jdbc")) {
      throw UserError.usage(
          "--catalog '%s' is of type %s".formatted(given, type),
          "give one of type jdbc: commands of several hosts keep their locks in its database");
    }
    var uri = options.remove("uri");
    if (uri == null || !uri.startsWith("jdbc:")) {
      throw UserError.usage(
          "--catalog '%s' names no database".formatted(given),
          "give a JDBC address, jdbc:postgresql://HOST/DATABASE, or a file with a line uri=jdbc:...");
    }
    if (SECRET_IN_ADDRESS.matcher(uri).find()) {
      throw UserError.usage(
          "--catalog holds a password where others can read it",
          "set COTERIE_CATALOG_PASSWORD, or put jdbc.password into a file of properties");
    }
    put(options, USER, environment.get("COTERIE_CATALOG_USER"));
    put(options, PASSWORD, environment.get("COTERIE_CATALOG_PASSWORD"));
    return new CatalogAddress(uri, options);
  }

  private static void put(Map<String, String> options, String key, String value) {
    if (value != null) {
      options.putIfAbsent(key, value);
    }
  }

  private static Properties read(String file) {
    var properties = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      properties.load(in);
      return properties;
    } catch (IOException | IllegalArgumentException failure) {
      throw UserError.usage(
          "cannot read --catalog '%s'".formatted(file),
          "give a JDBC address, or a file of properties with a line uri=jdbc:...");
    }
  }

  /** A connection of its own, with the driver that the caller's class loader sees. */
  Connection connect() throws SQLException {
    return connect(uri, options);
  }

  /** Connects as Iceberg would, from a class that sees the drivers of the application's jar. */
  static Connection connect(String uri, Map<String, String> options) throws SQLException {
    loadDriver(uri);
    var properties = new Properties();
    options.forEach(
        (key, value) -> {
          if (key.startsWith(DRIVER_PREFIX) && !key.equals("jdbc.schema-version")) {
            properties.put(key.substring(DRIVER_PREFIX.length()), value);
          }
        });
    return DriverManager.getConnection(uri, properties);
  }

  /** Under spark-submit the driver lies in a class loader that JDBC does not search by itself. */
  private static void loadDriver(String uri) {
    var name =
        uri.startsWith("jdbc:sqlite:")
            ? Optional.of("org.sqlite.JDBC")
            : uri.startsWith("jdbc:postgresql:")
                ? Optional.of("org.postgresql.Driver")
                : Optional.<String>empty();
    try {
      if (name.isPresent()) {
        Class.forName(name.get());
      }
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException("no driver for " + uri, missing);
    }
  }

  /** Without the credentials. */
  @Override
  public String toString() {
    return uri;
  }
}
