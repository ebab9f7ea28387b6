package coterie.ingest.read;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Real traces, read in place; tests that need them are skipped where they are absent. */
final class SharedFiles {

  private SharedFiles() {}

  /** A file of the traces of gpt-oss-20b, or a skipped test that says what is missing. */
  static Path gptOss20b(String file) {
    var traces =
        Optional.ofNullable(System.getenv("COTERIE_TRACES"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("coterie.root"), "../shared/traces"));
    var path = traces.resolve("gpt-oss-20b").resolve(file).normalize();
    assumeTrue(
        Files.isRegularFile(path),
        "no real traces in " + traces.normalize() + "; set COTERIE_TRACES to their folder");
    return path;
  }
}
