package coterie.jobs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most heap that executors used, read off the event logs of Spark applications. */
final class ExecutorHeap {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DRIVER = "driver";

  private ExecutorHeap() {}

  /**
   * The peak over all executors and stages: what an executor polls of itself, as its heartbeats and
   * tasks report it.
   *
   * @param folder of event logs, not compressed
   * @throws IllegalStateException if they hold no such metrics
   */
  static long peakBytes(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      long peak =
          files.filter(Files::isRegularFile).mapToLong(ExecutorHeap::peakOfLog).max().orElse(0);
      if (peak == 0) {
        throw new IllegalStateException("no executor metrics in the event logs of " + folder);
      }
      return peak;
    }
  }

  private static long peakOfLog(Path log) {
    try (var lines = Files.lines(log)) {
      return lines.mapToLong(ExecutorHeap::peakOfEvent).max().orElse(0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static long peakOfEvent(String line) {
    if (!line.contains("JVMHeapMemory")) {
      return 0;
    }
    try {
      var event = JSON.readTree(line);
      return DRIVER.equals(event.path("Executor ID").asText())
          ? 0
          : Math.max(heap(event.path("Executor Metrics")), heap(event.path("Task Executor Metrics")));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static long heap(JsonNode metrics) {
    return metrics.path("JVMHeapMemory").asLong();
  }
}
