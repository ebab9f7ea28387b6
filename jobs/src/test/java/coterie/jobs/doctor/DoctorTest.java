package coterie.jobs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.Coterie;
import coterie.jobs.doctor.Finding.Grade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  private static final long GIGABYTE = 1L << 30;

  @Test
  void anotherJavaIsWrongAndSaysWhichToTake() {
    assertThat(MachineChecks.java(17).grade()).isEqualTo(Grade.FINE);
    assertThat(MachineChecks.java(21).grade()).isEqualTo(Grade.WRONG);
    assertThat(MachineChecks.java(21).advice()).contains("JAVA_HOME");
  }

  @Test
  void littleMemoryIsNoticedAndTooLittleIsWrong() {
    assertThat(MachineChecks.memory(4 * GIGABYTE, 8 * GIGABYTE).grade()).isEqualTo(Grade.FINE);
    assertThat(MachineChecks.memory(GIGABYTE, 8 * GIGABYTE).grade()).isEqualTo(Grade.NOTICE);
    assertThat(MachineChecks.memory(GIGABYTE / 4, 8 * GIGABYTE).grade()).isEqualTo(Grade.WRONG);
    assertThat(MachineChecks.memory(GIGABYTE / 4, 8 * GIGABYTE).advice()).contains("-Xmx4g");
  }

  @Test
  void aFullDiskIsWrong() {
    var folder = Path.of("lake");
    assertThat(MachineChecks.disk("lake", folder, 100 * GIGABYTE, true).grade())
        .isEqualTo(Grade.FINE);
    assertThat(MachineChecks.disk("lake", folder, 2 * GIGABYTE, true).grade())
        .isEqualTo(Grade.NOTICE);
    assertThat(MachineChecks.disk("lake", folder, 10, true).grade()).isEqualTo(Grade.WRONG);
    assertThat(MachineChecks.disk("lake", folder, 100 * GIGABYTE, false).grade())
        .isEqualTo(Grade.WRONG);
  }

  @Test
  void roomIsThatOfTheNearestFolderThatIsThere(@TempDir Path folder) {
    assertThat(MachineChecks.disk("lake", folder.resolve("not/there/yet")).grade())
        .isNotEqualTo(Grade.WRONG);
  }

  @Test
  void aMachineThatWorksPassesAndNothingIsLeftBehind(@TempDir Path lake) {
    var seen = Coterie.run("doctor").ok();
    assertThat(seen.out())
        .contains("fine    Java             Java 17")
        .contains("fine    Spark            Spark 4.0.1 on local[*]")
        .contains("fine    catalog          0 models, 0 source files, 0 plans")
        .contains("notice  GPU");
    assertThat(Path.of(System.getProperty("java.io.tmpdir")))
        .isDirectoryNotContaining("glob:**/coterie-doctor*");
  }

  @Test
  void aLakeThatIsNotThereIsWrong(@TempDir Path folder) {
    var seen = Coterie.run("doctor", "--json", "--lake", folder.resolve("none").toString());
    assertThat(seen.exitCode()).isEqualTo(1);
    assertThat(seen.out()).contains("\"grade\":\"wrong\",\"what\":\"lake\",\"found\":\"no lake in");
  }

  @Test
  void aCatalogThatIsNoneIsWrongAndNamed(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("catalog.db"), "this is not a database, whatever it is called");
    var seen = Coterie.run("doctor", "--lake", folder.toString());
    assertThat(seen.exitCode()).isEqualTo(1);
    assertThat(seen.out()).contains("wrong   Spark");
  }
}
