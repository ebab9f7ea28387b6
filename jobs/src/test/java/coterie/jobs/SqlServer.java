package coterie.jobs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A server of somebody's Spark that reads a lake: a process on loopback, made of the artifacts that
 * a POM in {@code jobs/src/it/serving} names.
 */
final class SqlServer implements AutoCloseable {

  static final Path SERVING = Coterie.root().resolve("jobs/src/it/serving");

  private static final String HOST = "127.0.0.1";
  private static final int START_SECONDS = 180;

  private final Process process;
  private final int port;

  private SqlServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A Thrift server, which speaks JDBC. */
  static SqlServer thrift(Path folder, String lake) throws IOException, InterruptedException {
    int port = freePort();
    return start(
        folder,
        "thrift",
        lake,
        port,
        List.of("--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"),
        List.of(
            "--hiveconf",
            "hive.server2.thrift.bind.host=" + HOST,
            "--hiveconf",
            "hive.server2.thrift.port=" + port));
  }

  /** A server of Spark Connect. */
  static SqlServer connect(Path folder, String lake) throws IOException, InterruptedException {
    int port = freePort();
    return start(
        folder,
        "connect",
        lake,
        port,
        List.of(
            "--class",
            "org.apache.spark.sql.connect.service.SparkConnectServer",
            "--conf",
            "spark.connect.grpc.binding.address=" + HOST,
            "--conf",
            "spark.connect.grpc.binding.port=" + port),
        List.of());
  }

  private static SqlServer start(
      Path folder,
      String kind,
      String lake,
      int port,
      List<String> mainAndSettings,
      List<String> arguments)
      throws IOException, InterruptedException {
    var command = java(classPath(folder, kind));
    command.addAll(List.of("-Xmx900m", "org.apache.spark.deploy.SparkSubmit"));
    command.addAll(List.of("--master", "local[1]"));
    command.addAll(
        List.of("--jars", Coterie.root().resolve("jobs/target/coterie-jobs.jar").toString()));
    for (String setting : settings(lake)) {
      command.addAll(List.of("--conf", setting));
    }
    command.addAll(mainAndSettings);
    command.add("spark-internal");
    command.addAll(arguments);
    var log = folder.resolve(kind + ".log");
    var server = new SqlServer(run(folder, command, log), port);
    server.await(log);
    return server;
  }

  /** The settings of the page {@code jobs/docs/serving-sql.md}, and loopback. */
  private static List<String> settings(String lake) throws IOException {
    var page = Files.readString(Coterie.root().resolve("jobs/docs/serving-sql.md"));
    var settings = new ArrayList<String>();
    page.lines()
        .filter(line -> line.startsWith("spark.sql."))
        .map(line -> line.replaceFirst("\\s+", "=").replace("/srv/coterie/lake", lake))
        .forEach(settings::add);
    settings.add("spark.driver.host=" + HOST);
    settings.add("spark.driver.bindAddress=" + HOST);
    settings.add("spark.ui.enabled=false");
    settings.add("spark.sql.shuffle.partitions=2");
    return settings;
  }

  /** Asks by a small program that a user might write; what it printed. */
  static String ask(Path folder, String jars, String program, String... arguments)
      throws IOException, InterruptedException {
    var command = java(classPath(folder, jars));
    command.add(SERVING.resolve(program).toString());
    command.addAll(List.of(arguments));
    var log = Files.createTempFile(folder, "answer", ".txt");
    var client = run(folder, command, log);
    if (!client.waitFor(START_SECONDS, TimeUnit.SECONDS) || client.exitValue() != 0) {
      client.destroyForcibly();
      throw new AssertionError("%s failed: %s".formatted(program, Files.readString(log)));
    }
    return Files.readString(log);
  }

  int port() {
    return port;
  }

  /** The artifacts of a POM; skips the test where they cannot be had. */
  private static String classPath(Path folder, String kind)
      throws IOException, InterruptedException {
    var file = folder.resolve(kind + ".classpath");
    if (!Files.exists(file)) {
      var log = folder.resolve(kind + ".resolve");
      var maven =
          run(
              folder,
              List.of(
                  "mvn",
                  "-B",
                  "-ntp",
                  "-q",
                  "-f",
                  SERVING.resolve(kind).resolve("pom.xml").toString(),
                  "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath",
                  "-Dmdep.outputFile=" + file),
              log);
      assumeTrue(
          maven.waitFor() == 0 && Files.exists(file),
          "the artifacts of jobs/src/it/serving/%s cannot be had".formatted(kind));
    }
    return Files.readString(file);
  }

  private static List<String> java(String classPath) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ", -1)));
    command.removeIf(String::isBlank);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath));
    return command;
  }

  private static Process run(Path folder, List<String> command, Path log) throws IOException {
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeAll(List.of("SPARK_HOME", "MAVEN_OPTS"));
    builder.environment().put("SPARK_LOCAL_IP", HOST);
    return builder.start();
  }

  private void await(Path log) throws IOException, InterruptedException {
    for (int tenth = 0; tenth < 10 * START_SECONDS && process.isAlive(); tenth++) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        return;
      } catch (IOException notYet) {
        Thread.sleep(100);
      }
    }
    close();
    throw new AssertionError("no server on port %d: %s".formatted(port, Files.readString(log)));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
