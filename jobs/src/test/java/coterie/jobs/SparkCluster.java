package coterie.jobs;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;

/** A standalone cluster on loopback, of the artifacts that Maven resolves: no distribution. */
final class SparkCluster implements AutoCloseable {

  private static final String HOST = "127.0.0.1";

  /** Warnings, and which executor is given which task of which stage. */
  private static final String DRIVER_LOG =
      """
      rootLogger.level = warn
      rootLogger.appenderRef.console.ref = console
      appender.console.type = Console
      appender.console.name = console
      appender.console.target = SYSTEM_ERR
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %p %c{1}: %m%n
      logger.tasks.name = org.apache.spark.scheduler.TaskSetManager
      logger.tasks.level = info
      logger.stages.name = org.apache.spark.scheduler.DAGScheduler
      logger.stages.level = info
      """;

  /** Processes that live for seconds gain nothing from the second compiler, and wait for it. */
  private static final String SHORT_LIFE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private final Path home;
  private final int port;
  private final Process master;
  private final List<Process> workers = new ArrayList<>();
  private int started;

  private SparkCluster(Path home, int port) throws IOException {
    this.home = home;
    this.port = port;
    this.master =
        daemon(
            "master",
            "org.apache.spark.deploy.master.Master",
            "--host",
            HOST,
            "--port",
            "" + port,
            "--webui-port",
            "" + freePort());
  }

  /** Starts a master and some workers of one core each. */
  static SparkCluster start(Path folder, int workers) throws IOException, InterruptedException {
    var home = Files.createDirectories(folder.resolve("spark"));
    Files.createFile(home.resolve("RELEASE"));
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(
        Files.createDirectories(home.resolve("driver")).resolve("log4j2.properties"), DRIVER_LOG);
    var jars = Files.createDirectory(home.resolve("jars"));
    for (var jar : providedJars()) {
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
    }
    var cluster = new SparkCluster(home, freePort());
    cluster.await("master.log", "I have been elected leader");
    for (int i = 0; i < workers; i++) {
      cluster.addWorker();
    }
    return cluster;
  }

  /** Spark, Hadoop and Iceberg: all that the application's jar leaves to the cluster. */
  private static List<Path> providedJars() throws IOException {
    var target = Coterie.root().resolve("jobs/target");
    var ours =
        List.of("coterie-", "picocli-", "snakeyaml-", "sqlite-jdbc-", "postgresql-", "ortools-");
    return Arrays.stream(Files.readString(target.resolve("classpath.txt")).strip().split(":", -1))
        .map(Path::of)
        .filter(jar -> ours.stream().noneMatch(jar.getFileName().toString()::startsWith))
        .toList();
  }

  void addWorker() throws IOException, InterruptedException {
    int number = started++;
    workers.add(
        daemon(
            "worker" + number,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            HOST,
            "--webui-port",
            "" + freePort(),
            "--cores",
            "1",
            "--memory",
            "900m",
            "--work-dir",
            home.resolve("work" + number).toString(),
            "spark://%s:%d".formatted(HOST, port)));
    await("worker%d.log".formatted(number), "Successfully registered with master");
  }

  /** Kills the worker of an executor, and the executor, as {@code kill -9} does. */
  void killWorkerOf(String executor) throws InterruptedException {
    for (var worker : List.copyOf(workers)) {
      var children = worker.descendants().toList();
      if (children.stream().anyMatch(child -> runs(child, executor))) {
        worker.destroyForcibly().waitFor();
        children.forEach(ProcessHandle::destroyForcibly);
        workers.remove(worker);
        return;
      }
    }
    throw new AssertionError("no worker has executor " + executor);
  }

  private static boolean runs(ProcessHandle process, String executor) {
    return process
        .info()
        .commandLine()
        .filter(line -> (line + " ").contains("--executor-id " + executor + " "))
        .isPresent();
  }

  SubmittedJob submit(String... args) throws IOException {
    var command = java("driver", "-Xmx900m", "org.apache.spark.deploy.SparkSubmit");
    command.addAll(
        List.of(
            "--master",
            "spark://%s:%d".formatted(HOST, port),
            "--executor-memory",
            "700m",
            "--class",
            "coterie.jobs.Main"));
    for (String setting :
        List.of(
            "spark.driver.host=" + HOST,
            "spark.driver.bindAddress=" + HOST,
            "spark.ui.enabled=false",
            "spark.executor.extraJavaOptions=" + SHORT_LIFE,
            "spark.sql.shuffle.partitions=4")) {
      command.addAll(List.of("--conf", setting));
    }
    command.add(Coterie.root().resolve("jobs/target/coterie-jobs.jar").toString());
    command.addAll(List.of(args));
    var output = Files.createTempFile(home, "driver", ".log");
    return new SubmittedJob(start(command, output.toFile()), output);
  }

  private Process daemon(String name, String... mainAndArguments) throws IOException {
    return start(java("conf", "-Xmx256m", mainAndArguments), home.resolve(name + ".log").toFile());
  }

  private List<String> java(String conf, String heap, String... mainAndArguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ", -1)));
    command.removeIf(String::isBlank);
    command.addAll(List.of(SHORT_LIFE.split(" ", -1)));
    command.add(heap);
    command.addAll(List.of("-cp", home.resolve(conf) + ":" + home.resolve("jars") + "/*"));
    command.addAll(Arrays.asList(mainAndArguments));
    return command;
  }

  private Process start(List<String> command, File output) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_LOCAL_IP", HOST);
    // Without it the workers look for the folders of a source tree.
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    return builder.start();
  }

  private void await(String log, String line) throws IOException, InterruptedException {
    var file = home.resolve(log);
    for (int i = 0; i < 1_200; i++) {
      if (Files.exists(file) && Files.readString(file).contains(line)) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no '%s' in %s:%n%s".formatted(line, log, Files.readString(file)));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    for (var worker : workers) {
      worker.descendants().forEach(ProcessHandle::destroyForcibly);
      worker.destroyForcibly();
    }
    master.destroyForcibly();
  }
}
