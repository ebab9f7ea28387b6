package coterie.analytics.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The text of the queries. */
public final class SqlText {

  private SqlText() {}

  /** The query of a statistic, or of a step on the way to one. */
  public static String of(String name) {
    try (var in = SqlText.class.getResourceAsStream(name + ".sql")) {
      if (in == null) {
        throw new IllegalArgumentException("there is no query " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
