package coterie.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example of the page about the planner's classes does what the page says. */
class PlanWithoutSparkTest {

  private static final Path ROOT = Path.of(System.getProperty("coterie.root"));

  @Test
  void itPrintsWhatThePageShows() throws IOException {
    var out = new ByteArrayOutputStream();
    var real = System.out;
    try (var captured = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      PlanWithoutSpark.main(new String[0]);
    } finally {
      System.setOut(real);
    }
    assertThat(page()).contains("```\n" + out.toString(StandardCharsets.UTF_8) + "```");
  }

  @Test
  void thePageShowsTheFileAsItIs() throws IOException {
    var source = ROOT.resolve("planner/src/test/java/coterie/planner/PlanWithoutSpark.java");
    assertThat(page()).contains("```java\n" + Files.readString(source) + "```");
  }

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("jobs/docs/api.md"));
  }
}
