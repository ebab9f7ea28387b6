package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;

/** A standalone cluster on loopback, of the artifacts that Maven resolves: no distribution. */
final class SparkCluster implements AutoCloseable {

  private static final String HOST = "127.0.0.1";

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

  /** A job that was submitted; its output grows in a file. */
  record Submitted(Process process, Path output) {

    String printed() throws IOException {
      return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** Waits until a line is printed; false if the job ends before. */
    boolean awaits(String line) throws IOException, InterruptedException {
      while (!printed().contains(line)) {
        if (!process.isAlive()) {
          return printed().contains(line);
        }
        Thread.sleep(50);
      }
      return true;
    }

    String ok() throws IOException, InterruptedException {
      int exitCode = process.waitFor();
      assertThat(exitCode).as(printed()).isZero();
      return printed();
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  /** Starts a master and some workers of one core each. */
  static SparkCluster start(Path folder, int workers) throws IOException, InterruptedException {
    var home = Files.createDirectories(folder.resolve("spark"));
    Files.createFile(home.resolve("RELEASE"));
    Files.createDirectories(home.resolve("conf"));
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

  /** Kills the worker that has been there longest, as {@code kill -9} does. */
  void killWorker() throws InterruptedException {
    workers.remove(0).destroyForcibly().waitFor();
  }

  Submitted submit(String... args) throws IOException {
    var command = java("-Xmx900m", "org.apache.spark.deploy.SparkSubmit");
    command.addAll(
        List.of(
            "--master",
            "spark://%s:%d".formatted(HOST, port),
            "--executor-memory",
            "700m",
            "--conf",
            "spark.driver.host=" + HOST,
            "--conf",
            "spark.driver.bindAddress=" + HOST,
            "--conf",
            "spark.ui.enabled=false",
            "--conf",
            "spark.sql.shuffle.partitions=4",
            "--class",
            "coterie.jobs.Main",
            Coterie.root().resolve("jobs/target/coterie-jobs.jar").toString()));
    command.addAll(List.of(args));
    var output = Files.createTempFile(home, "driver", ".log");
    return new Submitted(start(command, output.toFile()), output);
  }

  private Process daemon(String name, String... mainAndArguments) throws IOException {
    return start(java("-Xmx256m", mainAndArguments), home.resolve(name + ".log").toFile());
  }

  private List<String> java(String heap, String... mainAndArguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ", -1)));
    command.removeIf(String::isBlank);
    command.add(heap);
    command.addAll(List.of("-cp", home.resolve("conf") + ":" + home.resolve("jars") + "/*"));
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
    workers.forEach(Process::destroyForcibly);
    master.destroyForcibly();
  }
}
