package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What spark-submit is given. */
class ApplicationJarIT {

  private static final Path JAR = Coterie.root().resolve("jobs/target/coterie-jobs.jar");

  private static List<String> entries() throws IOException {
    try (var jar = new JarFile(JAR.toFile())) {
      return jar.stream().map(entry -> entry.getName()).toList();
    }
  }

  @Test
  void itHoldsWhatIsOursAndNothingThatTheClusterHas() throws IOException {
    assertThat(entries())
        .contains(
            "coterie/jobs/Main.class",
            "coterie/ingest/Ingest.class",
            "coterie/analytics/Analysis.class",
            "coterie/planner/model/Placement.class",
            "coterie/analytics/sql/expert_load.sql")
        .noneMatch(
            name ->
                name.startsWith("org/apache/spark/")
                    || name.startsWith("org/apache/hadoop/")
                    || name.startsWith("org/apache/iceberg/")
                    || name.startsWith("scala/")
                    || name.startsWith("org/slf4j/")
                    || name.startsWith("com/fasterxml/"));
  }

  @Test
  void whatCouldClashHasMoved() throws IOException {
    assertThat(entries())
        .contains("coterie/shaded/picocli/CommandLine.class")
        .contains("coterie/shaded/snakeyaml/Yaml.class")
        .contains("coterie/shaded/postgresql/Driver.class")
        .noneMatch(
            name ->
                name.startsWith("picocli/")
                    || name.startsWith("org/yaml/")
                    || name.startsWith("org/postgresql/"));
  }

  @Test
  void itNamesItsMainClassAndVersionAndIsNotSigned() throws IOException {
    try (var jar = new JarFile(JAR.toFile())) {
      var main = jar.getManifest().getMainAttributes();
      assertThat(main.getValue("Main-Class")).isEqualTo("coterie.jobs.Main");
      assertThat(main.getValue("Implementation-Version")).isNotBlank();
    }
    assertThat(entries()).noneMatch(name -> name.matches("META-INF/.*\\.(SF|DSA|RSA)"));
  }

  /** One file of services for all drivers, each under the name that it has now. */
  @Test
  void servicesAreMerged() throws IOException {
    try (var jar = new JarFile(JAR.toFile())) {
      var services = jar.getEntry("META-INF/services/java.sql.Driver");
      try (var in = jar.getInputStream(services)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
            .containsExactlyInAnyOrder("org.sqlite.JDBC", "coterie.shaded.postgresql.Driver");
      }
    }
  }
}
