package coterie.ingest.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The temporary files that readers of this process have not given up. */
final class TemporaryCopies {

  private static final Path FOLDER = Path.of(System.getProperty("java.io.tmpdir"));

  private TemporaryCopies() {}

  static List<Path> left() {
    var left = new ArrayList<Path>();
    var pattern = "coterie-%d-*.trace".formatted(ProcessHandle.current().pid());
    try (var files = Files.newDirectoryStream(FOLDER, pattern)) {
      files.forEach(left::add);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return left;
  }
}
