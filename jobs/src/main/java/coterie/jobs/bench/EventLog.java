package coterie.jobs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the event log of one Spark application tells of its time and memory.
 *
 * @param seconds from its first job to its end
 * @param driverHeapBytes most heap that its driver used
 * @param executorHeapBytes most heap that an executor used: what it polls of itself, as its
 *     heartbeats and tasks report it
 */
record EventLog(double seconds, long driverHeapBytes, long executorHeapBytes) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DRIVER = "driver";

  /**
   * Reads the only log of a folder, not compressed and in one file.
   *
   * @throws IllegalStateException if there is none, or it has no metrics of executors
   */
  static EventLog read(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      var log = files.filter(Files::isRegularFile).findFirst();
      return parse(log.map(EventLog::text).orElse(""));
    }
  }

  static EventLog parse(String text) throws IOException {
    long first = Long.MAX_VALUE;
    long end = 0;
    long driver = 0;
    long executor = 0;
    for (String line : text.split("\n", -1)) {
      if (!concerns(line)) {
        continue;
      }
      var event = JSON.readTree(line);
      long heap = Math.max(heap(event, "Executor Metrics"), heap(event, "Task Executor Metrics"));
      if (DRIVER.equals(event.path("Executor ID").asText())) {
        driver = Math.max(driver, heap);
      } else {
        executor = Math.max(executor, heap);
      }
      first = Math.min(first, event.path("Submission Time").asLong(Long.MAX_VALUE));
      end = Math.max(end, event.path("Timestamp").asLong());
    }
    if (executor == 0 || end == 0) {
      throw new IllegalStateException("an event log without end, or without executor metrics");
    }
    return new EventLog((end - first) / 1e3, driver, executor);
  }

  /** Others are many, and some are megabytes long. */
  private static boolean concerns(String line) {
    return Stream.of("StageExecutorMetrics", "TaskEnd", "JobStart", "ApplicationEnd")
        .anyMatch(event -> line.startsWith("{\"Event\":\"SparkListener" + event));
  }

  private static long heap(JsonNode event, String metrics) {
    return event.path(metrics).path("JVMHeapMemory").asLong();
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }
}
