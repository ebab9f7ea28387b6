package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL of its own on loopback, with a password; it refuses to run as root. */
final class PostgresServer implements AutoCloseable {

  private static final String USER = "coterie";

  private final Path folder;
  private final String password;
  private final int port;

  private PostgresServer(Path folder, String password, int port) {
    this.folder = folder;
    this.password = password;
    this.port = port;
  }

  /** Starts one, or skips the test where there is no PostgreSQL. */
  static PostgresServer start(String password) throws IOException, InterruptedException {
    assumeTrue(here("initdb"), "initdb of PostgreSQL is not on the path");
    var folder = Files.createTempDirectory(Path.of("/tmp"), "coterie-postgres");
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var server = new PostgresServer(folder, password, port);
    server.start();
    return server;
  }

  private void start() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("password"), password);
    if (root()) {
      run(List.of("chown", "-R", unprivileged(), folder.toString()));
    }
    server(
        "initdb",
        "-D",
        data(),
        "-U",
        USER,
        "--auth=scram-sha-256",
        "--pwfile=" + folder + "/password");
    server(
        "pg_ctl",
        "-D",
        data(),
        "-w",
        "-l",
        folder + "/log",
        "-o",
        "-h 127.0.0.1 -p %d -k %s -c fsync=off".formatted(port, folder),
        "start");
  }

  String address() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
  }

  String user() {
    return USER;
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private void server(String... command) throws IOException, InterruptedException {
    var words = new ArrayList<String>();
    if (root()) {
      words.addAll(List.of("runuser", "-u", unprivileged(), "--"));
    }
    words.addAll(List.of(command));
    run(words);
  }

  private static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  /** Debian's package brings a user of its own. */
  private static String unprivileged() throws IOException {
    return Files.readString(Path.of("/etc/passwd")).contains("\npostgres:") ? "postgres" : "nobody";
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    var output = Files.createTempFile("coterie-postgres", ".txt");
    int exitCode =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    assertThat(exitCode).as("%s: %s", command, Files.readString(output)).isZero();
    Files.delete(output);
  }

  private static boolean here(String program) throws InterruptedException {
    try {
      return new ProcessBuilder(program, "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      server("pg_ctl", "-D", data(), "-m", "immediate", "stop");
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
