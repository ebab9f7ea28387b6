package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A PostgreSQL of its own on loopback, with a password; it refuses to run as root. */
final class PostgresServer implements AutoCloseable {

  private static final String USER = "coterie";

  /** Where Debian puts the programs of each version. */
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private final Path programs;
  private final Path folder;
  private final String password;
  private final int port;

  private PostgresServer(Path programs, Path folder, String password, int port) {
    this.programs = programs;
    this.folder = folder;
    this.password = password;
    this.port = port;
  }

  /** Starts one, or skips the test where there is no PostgreSQL. */
  static PostgresServer start(String password) throws IOException, InterruptedException {
    var programs = programs();
    assumeTrue(programs.isPresent(), "PostgreSQL is not installed");
    var folder = Files.createTempDirectory(Path.of("/tmp"), "coterie-postgres");
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var server = new PostgresServer(programs.get(), folder, password, port);
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
    words.add(programs.resolve(command[0]).toString());
    words.addAll(List.of(command).subList(1, command.length));
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

  /** The folder of {@code initdb}: one of the path, or that of Debian's newest version. */
  private static Optional<Path> programs() throws IOException {
    var folders = new ArrayList<Path>();
    for (String folder : System.getenv("PATH").split(":", -1)) {
      folders.add(Path.of(folder));
    }
    if (Files.isDirectory(DEBIAN)) {
      try (var versions = Files.list(DEBIAN)) {
        versions.sorted(Comparator.reverseOrder()).map(v -> v.resolve("bin")).forEach(folders::add);
      }
    }
    return folders.stream().filter(f -> Files.isExecutable(f.resolve("initdb"))).findFirst();
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
