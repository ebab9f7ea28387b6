package coterie.jobs.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Spark's standalone cluster on this host: a master and workers, each a process, made of the
 * classes that this process has. What runs on it has a driver process of its own and an executor on
 * each worker.
 */
public final class StandaloneCluster implements AutoCloseable {

  /** Heap of a driver and of an executor. */
  public static final int HEAP_MB = 2_048;

  /** Collects early: used heap then tells what is live, not how much garbage there was room for. */
  private static final String EXECUTOR_OPTIONS =
      "-XX:+UseG1GC -Xmn256m -XX:InitiatingHeapOccupancyPercent=10";

  private static final String HOST = "127.0.0.1";
  private static final int DAEMON_HEAP_MB = 256;
  private static final int CORES = 2;
  private static final long START_MILLIS = 60_000;

  private final Path folder;
  private final String url;
  private final List<Process> daemons = new ArrayList<>();

  /** Starts a master and a worker of two cores. */
  public StandaloneCluster(Path folder) throws IOException {
    this(folder, 1, CORES);
  }

  /**
   * Starts a master and workers.
   *
   * @param folder for logs and the work of executors
   * @param cores of each worker
   */
  StandaloneCluster(Path folder, int workers, int cores) throws IOException {
    this.folder = Files.createDirectories(folder);
    Files.createDirectories(folder.resolve("home/jars"));
    // Spark takes a folder with this file for a distribution, and looks for no build tree.
    Files.writeString(folder.resolve("home/RELEASE"), "");
    int port = freePort();
    url = "spark://%s:%d".formatted(HOST, port);
    daemon("master.Master", "--host", HOST, "--port", "" + port, "--webui-port", "0");
    awaitOpen(port);
    for (int worker = 0; worker < workers; worker++) {
      startWorker("work" + worker, cores);
    }
  }

  private void startWorker(String work, int cores) throws IOException {
    daemon(
        "worker.Worker",
        "--host",
        HOST,
        "--webui-port",
        "0",
        "--cores",
        "" + cores,
        "--memory",
        "%dm".formatted(2 * HEAP_MB),
        "--work-dir",
        folder.resolve(work).toString(),
        url);
  }

  /**
   * Runs a command of Coterie and waits for its end.
   *
   * @throws IllegalStateException with the end of its output if it fails
   */
  EventLog run(String name, List<String> arguments) throws IOException, InterruptedException {
    var events = Files.createDirectories(folder.resolve("events-" + name));
    var command = new ArrayList<>(java(HEAP_MB));
    command.addAll(
        List.of(
            "-Dspark.master=" + url,
            "-Dspark.driver.host=" + HOST,
            "-Dspark.driver.bindAddress=" + HOST,
            "-Dspark.ui.enabled=false",
            "-Dspark.sql.shuffle.partitions=32",
            "-Dspark.executor.memory=%dm".formatted(HEAP_MB),
            "-Dspark.executor.extraClassPath=" + classPath(),
            "-Dspark.executor.extraJavaOptions=" + EXECUTOR_OPTIONS,
            "-Dspark.executor.metrics.pollingInterval=200ms",
            "-Dspark.eventLog.enabled=true",
            "-Dspark.eventLog.compress=false",
            "-Dspark.eventLog.rolling.enabled=false",
            "-Dspark.eventLog.logStageExecutorMetrics=true",
            "-Dspark.eventLog.dir=" + events.toUri(),
            "coterie.jobs.Main"));
    command.addAll(arguments);
    var log = folder.resolve(name + ".log");
    int exitCode = start(command, log).waitFor();
    if (exitCode != 0) {
      throw new IllegalStateException("%s ended with %d: %s".formatted(name, exitCode, end(log)));
    }
    return EventLog.read(events);
  }

  private static String end(Path log) throws IOException {
    var lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private void daemon(String name, String... arguments) throws IOException {
    var command = new ArrayList<>(java(DAEMON_HEAP_MB));
    command.add("org.apache.spark.deploy." + name);
    command.addAll(List.of(arguments));
    daemons.add(start(command, folder.resolve("%s%d.log".formatted(name, daemons.size()))));
  }

  private static List<String> java(int heapMb) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        Arrays.stream(JavaModuleOptions.defaultModuleOptions().split("\\s+", -1))
            .filter(option -> !option.isEmpty())
            .toList());
    command.addAll(List.of("-Xmx%dm".formatted(heapMb), "-XX:+UseParallelGC", "-cp", classPath()));
    return command;
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private Process start(List<String> command, Path log) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    var environment = builder.environment();
    environment.put("SPARK_HOME", folder.resolve("home").toString());
    environment.put("SPARK_SCALA_VERSION", "2.13");
    environment.put("SPARK_LOCAL_IP", HOST);
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void awaitOpen(int port) throws IOException {
    for (long waited = 0; waited < START_MILLIS; waited += 200) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        return;
      } catch (IOException notYet) {
        pause();
      }
    }
    throw new IllegalStateException("no master: " + end(folder.resolve("master.Master0.log")));
  }

  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** The worker takes its executors along. */
  @Override
  public void close() {
    for (var daemon : daemons) {
      daemon.destroy();
    }
    for (var daemon : daemons) {
      daemon.onExit().join();
    }
  }
}
