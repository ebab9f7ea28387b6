package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lake read through servers of other Spark distributions, as {@code jobs/docs/serving-sql.md}
 * says: what they answer, and that they see what is written while they run.
 */
@Tag("servers")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServingIT {

  private static final String TOKENS =
      "SELECT dataset, sum(tokens) FROM lake.moe.routing GROUP BY 1 ORDER BY 1";
  private static final String BUSIEST =
      "SELECT layer, expert, tokens FROM lake.moe.load_total WHERE phase = 'decode' AND basis ="
          + " 'tokens' ORDER BY tokens DESC LIMIT 2";

  private Path folder;
  private String lake;
  private String busiest;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    lake = folder.resolve("lake").toString();
    Coterie.ingestSample(lake, "monday", "2026-01-05");
    Coterie.run("analyze", "--lake", lake).ok();
    try (var questions = new Questions(lake)) {
      busiest = String.join("\n", questions.ask(BUSIEST)) + "\n";
    }
  }

  @Test
  void plainJdbcReadsThroughAThriftServer() throws IOException, InterruptedException {
    try (var server = SqlServer.thrift(folder, lake)) {
      var address = "jdbc:hive2://127.0.0.1:%d/".formatted(server.port());
      assertThat(SqlServer.ask(folder, "thrift", "JdbcQuestion.java", address, TOKENS))
          .contains("monday 28234\n")
          .doesNotContain("thrift 31149");
      assertThat(SqlServer.ask(folder, "thrift", "JdbcQuestion.java", address, BUSIEST))
          .contains("\n" + busiest);
      Coterie.ingestSample(lake, "thrift", "2026-01-06");
      assertThat(SqlServer.ask(folder, "thrift", "JdbcQuestion.java", address, TOKENS))
          .contains("thrift 31149\n");
    }
  }

  @Test
  void aClientOfSparkConnectReads() throws IOException, InterruptedException {
    try (var server = SqlServer.connect(folder, lake)) {
      var address = "sc://127.0.0.1:%d".formatted(server.port());
      var client = "connect-client";
      assertThat(SqlServer.ask(folder, client, "ConnectQuestion.java", address, BUSIEST))
          .contains("\n" + busiest);
      Coterie.ingestSample(lake, "connect", "2026-01-06");
      assertThat(SqlServer.ask(folder, client, "ConnectQuestion.java", address, TOKENS))
          .contains("connect 31149\n");
    }
  }
}
