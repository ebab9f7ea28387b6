package coterie.ingest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Real traces, read in place; tests that need them are skipped where they are absent. */
public final class SharedFiles {

  private SharedFiles() {}

  /** The folder of gpt-oss-20b, or a skipped test that says what is missing. */
  public static Path gptOss20b() {
    var root = Path.of(System.getProperty("coterie.root", ".."));
    var traces =
        Optional.ofNullable(System.getenv("COTERIE_TRACES"))
            .map(Path::of)
            .orElse(root.resolve("../shared/traces"));
    var folder = traces.resolve("gpt-oss-20b").normalize();
    assumeTrue(
        Files.isDirectory(folder),
        "no real traces in " + traces.normalize() + "; set COTERIE_TRACES to their folder");
    return folder;
  }
}
