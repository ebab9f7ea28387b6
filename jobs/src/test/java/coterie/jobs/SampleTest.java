package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTest {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  /** The command is the one that data/README.md gives. */
  @Test
  void theBundledSampleIsWhatTheGeneratorMakes(@TempDir Path folder) throws IOException {
    var command =
        Files.readString(Coterie.root().resolve("data/README.md"))
            .lines()
            .filter(line -> line.contains("coterie generate"))
            .findFirst()
            .orElseThrow()
            .replaceFirst(".*coterie generate", "generate")
            .replace("data/sample", folder.toString());
    Coterie.run(command.strip().split(" +")).ok();
    for (String file : new String[] {"2026-01-05.jsonl.gz", "2026-01-06.jsonl.gz"}) {
      assertThat(unpacked(folder.resolve(file))).isEqualTo(unpacked(SAMPLE.resolve(file)));
    }
    assertThat(folder.resolve("model.json")).hasSameTextualContentAs(SAMPLE.resolve("model.json"));
  }

  @Test
  void itStaysSmall() throws IOException {
    long bytes = 0;
    try (var files = Files.list(SAMPLE)) {
      for (var file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(bytes).isLessThan(5_000_000);
  }

  @Test
  void theDemoEndsInItsTable(@TempDir Path lake) {
    var demo = Coterie.run("demo", "--lake", lake.toString()).ok();
    assertThat(demo.out())
        .contains("planner       spare slots  batch   cost  certificate  excess  gain over EPLB")
        .contains("local-search  1 per GPU        1")
        .contains("Planned on monday, judged on tuesday");
    assertThat(demo.outLines()).allSatisfy(line -> assertThat(line.length()).isLessThan(140));
    assertThat(lake.resolve("coterie-1.sglang.json")).exists();
  }

  private static byte[] unpacked(Path file) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }
}
