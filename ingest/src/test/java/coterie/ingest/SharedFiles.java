package coterie.ingest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Real traces, read in place; tests that need them are skipped where they are absent. */
public final class SharedFiles {

  private SharedFiles() {}

  /**
   * A file or folder among the traces of gpt-oss-20b, or a skipped test that says what is missing.
   */
  public static Path gptOss20b(String name) {
    var traces =
        Optional.ofNullable(System.getenv("COTERIE_TRACES"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("coterie.root"), "../shared/traces"));
    var path = traces.resolve("gpt-oss-20b").resolve(name).toAbsolutePath().normalize();
    assumeTrue(
        Files.exists(path), "no real trace " + path + "; set COTERIE_TRACES to the traces' folder");
    return path;
  }
}
