package coterie.jobs.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.ingest.error.UserError;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {

  private CatalogAddress catalog;

  @BeforeEach
  void placeTheDatabase(@TempDir Path folder) {
    catalog = CatalogAddress.ofFile(folder.resolve("catalog.db"));
  }

  @Test
  void oneAtATimeAndOthersAreToldWho() {
    try (var lease = Lease.take(catalog, "nightly")) {
      lease.requireHeld();
      assertThatThrownBy(() -> Lease.take(catalog, "nightly"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      Lease.take(catalog, "another").close();
    }
    Lease.take(catalog, "nightly").close();
  }

  @Test
  void whatAProcessHeldThatIsGoneIsFree() throws Exception {
    var gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Lease.take(catalog, "nightly").close();
    var host = java.net.InetAddress.getLocalHost().getHostName();
    insert("%s %d@1 token".formatted(host, gone.pid()), 1_000);
    Lease.take(catalog, "nightly").close();
  }

  /** As after a disk that was too full to write it. */
  @Test
  void whatThisProcessCouldNotGiveBackIsFree() throws Exception {
    Lease.take(catalog, "nightly").close();
    var host = java.net.InetAddress.getLocalHost().getHostName();
    insert("%s %d@1 token".formatted(host, ProcessHandle.current().pid()), 1_000);
    Lease.take(catalog, "nightly").close();
  }

  @Test
  void whatAnotherHostHeldIsFreeWhenItsTimeIsUp() throws SQLException {
    Lease.take(catalog, "nightly").close();
    insert("elsewhere 1@1 token", 1_000);
    assertThatThrownBy(() -> Lease.take(catalog, "nightly"))
        .hasMessageContaining("of host elsewhere");
    update("UPDATE coterie_lease SET expires = strftime('%s', 'now') - 1");
    Lease.take(catalog, "nightly").close();
  }

  @Test
  void aHolderWhoseTimeWasUpIsTold() throws SQLException {
    try (var lease = Lease.take(catalog, "nightly")) {
      update("DELETE FROM coterie_lease");
      assertThatThrownBy(lease::requireHeld).hasMessageContaining("ran out");
    }
    assertThat(catalog.uri()).startsWith("jdbc:sqlite:");
  }

  private void insert(String owner, int seconds) throws SQLException {
    update(
        ("INSERT INTO coterie_lease VALUES ('nightly', '%s', strftime('%%s', 'now'),"
                + " strftime('%%s', 'now') + %d)")
            .formatted(owner, seconds));
  }

  private void update(String sql) throws SQLException {
    try (var connection = catalog.connect();
        var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
