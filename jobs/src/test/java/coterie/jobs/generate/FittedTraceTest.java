package coterie.jobs.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.ingest.model.ModelPresets;
import coterie.jobs.Coterie;
import coterie.jobs.RealTraces;
import coterie.jobs.bench.GeneratorBench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FittedTraceTest {

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherDoesNot(@TempDir Path folder) throws IOException {
    var once = generated(folder.resolve("a"), "gpt-oss-20b", "3K", 5);
    assertThat(generated(folder.resolve("b"), "gpt-oss-20b", "3K", 5)).isEqualTo(once);
    assertThat(generated(folder.resolve("c"), "gpt-oss-20b", "3K", 6)).isNotEqualTo(once);
  }

  /** Dense layers before the experts; ids of one byte and of two. */
  @ParameterizedTest
  @CsvSource({"deepseek-v3,58,256", "kimi-k2,60,384", "mixtral-8x7b,32,8"})
  void theReaderOfVllmsLinesTakesAllOfThem(
      String model, int layers, int experts, @TempDir Path folder) throws IOException {
    generated(folder, model, "2000", 5);
    var shape = ModelPresets.find(model).orElseThrow();
    var read = new GeneratorBench(shape).real(folder.resolve("2026-01-05.jsonl.gz"));
    assertThat(shape.moeLayers()).hasSize(layers);
    assertThat(shape.experts()).isEqualTo(experts);
    var made =
        new GeneratorBench(shape)
            .madeUp(RouterTraits.FITTED, 5, LocalDate.of(2026, 1, 5).toEpochDay(), read.requests());
    assertThat(read.tokens()).isEqualTo(made.tokens()).isPositive();
    assertThat(read.meetingLift()).isEqualTo(made.meetingLift());
    assertThat(read.reuse()).isEqualTo(made.reuse());
  }

  @Test
  void statisticsOfTokensCountedByHand() {
    var statistics = new TraceStatistics(1, 4, 2);
    statistics.begin();
    statistics.token(new int[] {0, 1});
    statistics.token(new int[] {1, 0});
    statistics.token(new int[] {0, 2});
    statistics.end();
    statistics.begin();
    statistics.token(new int[] {2, 3});
    statistics.end();
    // Loads 3, 2, 2, 1 of 8 calls: (3 * 3 + 2 - 2 - 3) / (4 * 8).
    assertThat(statistics.busiestOverMean()).isEqualTo(1.5);
    assertThat(statistics.loadGini()).isCloseTo(6 / 32.0, within(1e-12));
    // Pair 0, 1 twice where chance says 1.5; 0, 2 once of 1.5; 2, 3 once of 0.5.
    assertThat(statistics.meetingLift()).isCloseTo((4 / 1.5 + 1 / 1.5 + 2) / 4, within(1e-12));
    // Of two tokens that follow another, one calls both again and one calls one again.
    assertThat(statistics.reuse()).isEqualTo(0.75);
    assertThat(statistics.distinctSets()).isEqualTo(0.75);
    assertThat(statistics.meanLength()).isEqualTo(2);
    assertThat(statistics.lengthQuantile(1)).isEqualTo(3);
    assertThat(statistics.drift(statistics)).isZero();
  }

  @Test
  void theTraitsAreFittedToRealTraces() throws IOException {
    var folder = RealTraces.gptOss20b().resolve("vllm");
    var bench = new GeneratorBench(ModelPresets.find("gpt-oss-20b").orElseThrow());
    var real = bench.real(folder.resolve("mmlu_dev.jsonl.gz"));
    var made = bench.madeUp(RouterTraits.FITTED, 7, 0, real.requests());
    assertThat(made.loadGini()).isCloseTo(real.loadGini(), within(0.1 * real.loadGini()));
    assertThat(made.meetingLift()).isCloseTo(real.meetingLift(), within(0.2 * real.meetingLift()));
    assertThat(made.reuse()).isCloseTo(real.reuse(), within(0.2 * real.reuse()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model nope --tokens 1K | error: no built-in shape of 'nope'",
        "--model mixtral-8x7b --tokens 5x | error: --tokens is '5x'",
        "--model mixtral-8x7b --tokens 0 | error: --tokens is '0'",
        "--tokens 1K | error: --model and --tokens go together"
      })
  void wrongWordsAreNamed(String options, String error, @TempDir Path folder) {
    var words = "generate --out %s --days 2026-01-05 %s".formatted(folder, options).split(" +", -1);
    var result = Coterie.run(words);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith(error);
  }

  private static byte[] generated(Path folder, String model, String tokens, int seed)
      throws IOException {
    var result =
        Coterie.run(
            "generate",
            "--out",
            folder.toString(),
            "--days",
            "2026-01-05",
            "--model",
            model,
            "--tokens",
            tokens,
            "--seed",
            Integer.toString(seed));
    assertThat(result.ok().out()).contains("tokens/s");
    try (var in =
        new GZIPInputStream(Files.newInputStream(folder.resolve("2026-01-05.jsonl.gz")))) {
      return in.readAllBytes();
    }
  }
}
