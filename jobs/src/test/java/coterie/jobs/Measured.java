package coterie.jobs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Published measurements, read in place; tests that need them are skipped where they are absent.
 */
public final class Measured {

  private Measured() {}

  /** Their folder, or a skipped test that says what is missing. */
  public static Path folder() {
    var folder =
        Optional.ofNullable(System.getenv("COTERIE_MEASURED"))
            .map(Path::of)
            .orElse(Coterie.root().resolve("../shared/measured"))
            .normalize();
    assumeTrue(
        Files.isDirectory(folder),
        "no measurements in " + folder + "; set COTERIE_MEASURED to their folder");
    return folder;
  }
}
