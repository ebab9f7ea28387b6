package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ingest is killed, or meets another one: the lake ends as if nothing had happened. */
class InterruptedIngestIT {

  private static final int KILLS = 10;

  /** From before the lake is there to after the last commit. */
  private static final int LATEST_KILL_MILLIS = 9_000;

  /** What one file's blocks are, as a reader sees them. */
  private static final String BLOCKS =
      "SELECT source_id, count(*) AS blocks, sum(tokens) AS tokens,"
          + " bit_xor(xxhash64(request_id, phase, first_position, experts)) AS hash"
          + " FROM routing GROUP BY source_id ORDER BY source_id";

  private static final String ACCOUNTS =
      "SELECT source_id, records_read, records_kept, tokens_kept FROM source ORDER BY source_id";

  @TempDir private Path folder;

  @Test
  void killedTenTimesAndRunAgainTheTablesAreThoseOfAnUndisturbedRun()
      throws IOException, InterruptedException {
    var traces = RealTraces.gptOss20b().resolve("vllm").toString();
    var calm = folder.resolve("calm").toString();
    ProcessIngest.start(folder, ingest(calm, "all", traces)).ok();
    var blocks = sql(calm, BLOCKS);
    var killed = folder.resolve("killed").toString();
    var random = new Random(9);
    for (int i = 0; i < KILLS; i++) {
      var run = ProcessIngest.start(folder, ingest(killed, "all", traces));
      Thread.sleep(500 + random.nextInt(LATEST_KILL_MILLIS));
      run.kill();
      assertThat(blocks).as("no reader sees half a file").containsAll(sqlIfAny(killed, BLOCKS));
    }
    ProcessIngest.start(folder, ingest(killed, "all", traces)).ok();
    assertThat(sql(killed, BLOCKS)).isEqualTo(blocks);
    assertThat(sql(killed, ACCOUNTS)).isEqualTo(sql(calm, ACCOUNTS)).hasSize(4);
  }

  @Test
  void ingestsAtTheSameTimeAllEndAndTheSameFileCountsOnce()
      throws IOException, InterruptedException {
    var sample = Coterie.root().resolve("data/sample");
    var lake = folder.resolve("shared").toString();
    var monday = sample.resolve("2026-01-05.jsonl.gz").toString();
    var tuesday = sample.resolve("2026-01-06.jsonl.gz").toString();
    var runs = new ArrayList<ProcessIngest>();
    for (String[] args :
        List.of(
            synthetic(lake, "a", monday),
            synthetic(lake, "a", monday),
            synthetic(lake, "b", tuesday))) {
      runs.add(ProcessIngest.start(folder, args));
    }
    for (var run : runs) {
      run.ok();
    }
    assertThat(sql(lake, "SELECT dataset, sum(tokens) AS n FROM routing GROUP BY ALL ORDER BY 1"))
        .containsExactly("a        28234", "b        31149");
    assertThat(sql(lake, "SELECT dataset, tokens_kept FROM source ORDER BY 1"))
        .containsExactly("a              28234", "b              31149");
  }

  private static String[] ingest(String lake, String dataset, String path) {
    return new String[] {"--lake", lake, "--model", "gpt-oss-20b", "--dataset", dataset, path};
  }

  private static String[] synthetic(String lake, String dataset, String path) {
    var model = Coterie.root().resolve("data/sample/model.json").toString();
    return new String[] {
      "--lake", lake, "--model", "synthetic", "--model-file", model, "--dataset", dataset, path
    };
  }

  /** Rows of a query; none while there is no lake yet. */
  private static List<String> sqlIfAny(String lake, String query) {
    var result = Coterie.run("sql", "--lake", lake, query);
    return result.err().contains("no lake in") ? List.of() : rows(result.ok());
  }

  private static List<String> sql(String lake, String query) {
    return rows(Coterie.run("sql", "--lake", lake, query).ok());
  }

  private static List<String> rows(Coterie.Result result) {
    var lines = result.outLines();
    return lines.size() <= 2
        ? List.of()
        : lines.subList(2, lines.size()).stream().map(String::strip).toList();
  }
}
