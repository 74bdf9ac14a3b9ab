package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of PostgreSQL as Debian installs it, with data of its own in a folder of its own. Tests
 * pass it over, or take another, where it is not installed, unless {@code MILLRACE_POSTGRES} is
 * {@code required}.
 */
final class PostgresServer implements AutoCloseable {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  private final Path programs;
  private final Path folder;
  private final int port;
  private final Thread stop = new Thread(this::stop, "stop-postgres");

  private PostgresServer(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /** Starts the newest that is installed; empty if none is. */
  static Optional<PostgresServer> start() throws IOException, InterruptedException {
    Optional<Path> programs = programs();
    if ("required".equals(System.getenv("MILLRACE_POSTGRES"))) {
      assertThat(programs).as("PostgreSQL below " + INSTALLED).isPresent();
    }
    if (programs.isEmpty()) {
      return Optional.empty();
    }
    Path folder = Files.createTempDirectory("postgres");
    int port;
    try (var socket = new java.net.ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    PostgresServer server = new PostgresServer(programs.get(), folder, port);
    if (isRoot()) {
      call("chown", "postgres", folder.toString());
    }
    server.run("initdb", "-D", server.data(), "-U", "postgres", "-A", "trust", "-N");
    Runtime.getRuntime().addShutdownHook(server.stop);
    server.begin();
    return Optional.of(server);
  }

  private static Optional<Path> programs() throws IOException {
    if (!Files.isDirectory(INSTALLED)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.comparing(Path::toString));
    }
  }

  /** Begins to serve what it has. */
  void begin() throws IOException, InterruptedException {
    String options = "-p " + port + " -k " + folder + " -c listen_addresses=localhost";
    run(
        "pg_ctl",
        "-D",
        data(),
        "-l",
        folder.resolve("log").toString(),
        "-o",
        options,
        "-w",
        "start");
  }

  /** Ends it as a machine that loses its power does: SIGKILL to all its processes. */
  void kill() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(Path.of(data(), "postmaster.pid")).get(0).trim());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
    all.addAll(postmaster.descendants().toList());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  String uri(String database) {
    return "jdbc:postgresql://localhost:" + port + "/" + database;
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  /** It serves nobody but an ordinary user. */
  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    call(command.toArray(String[]::new));
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static void call(String... command) throws IOException, InterruptedException {
    Path said = Files.createTempFile("postgres", ".log");
    // A file, since the server keeps what it is given open.
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES) ? process.exitValue() : -1)
        .as(String.join(" ", command) + "\n" + Files.readString(said, StandardCharsets.UTF_8))
        .isZero();
    Files.delete(said);
  }

  private void stop() {
    try {
      run("pg_ctl", "-D", data(), "-m", "immediate", "stop");
      call("rm", "-r", folder.toString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(stop);
    stop();
  }
}
