package dev.millrace.cli;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import redis.embedded.RedisServer;

/**
 * A real Redis server beside this process, whose data outlives it in a folder. Of a run that was
 * killed the server lives on; it is stopped before another one opens its files.
 */
final class LocalRedis implements AutoCloseable {
  private static final int SECONDS_TO_STOP = 20;

  private final RedisServer server;
  private final int port;
  private final Thread stop;

  private LocalRedis(RedisServer server, int port) {
    this.server = server;
    this.port = port;
    this.stop = new Thread(this::stopServer, "stop-redis");
    Runtime.getRuntime().addShutdownHook(stop);
  }

  /**
   * Starts it.
   *
   * @param wanted the port, or 0 for any free one
   */
  static LocalRedis start(Path folder, int wanted) {
    Path pidFile = folder.toAbsolutePath().resolve("redis.pid");
    int port = wanted;
    try {
      Files.createDirectories(folder);
      stopLeftover(pidFile);
      port = free(wanted);
      RedisServer server =
          RedisServer.newRedisServer()
              .port(port)
              .bind("127.0.0.1")
              .setting("dir \"" + folder.toAbsolutePath() + "\"")
              .setting("appendonly yes")
              .setting("pidfile \"" + pidFile + "\"")
              .build();
      server.start();
      return new LocalRedis(server, port);
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot start Redis on port " + port,
          String.valueOf(failure.getMessage()),
          "Look at whether its binary may run here, or name another port with --redis-port");
    }
  }

  private static void stopLeftover(Path pidFile) throws IOException {
    if (!Files.exists(pidFile)) {
      return;
    }
    String pid = Files.readString(pidFile).strip();
    Instant written = Files.getLastModifiedTime(pidFile).toInstant();
    Optional<ProcessHandle> leftover =
        Optional.of(pid)
            .filter(text -> text.matches("[0-9]{1,18}"))
            .flatMap(text -> ProcessHandle.of(Long.parseLong(text)))
            .filter(process -> process.info().command().orElse("").contains("redis-server"))
            .filter(process -> startedBefore(process, written));
    if (leftover.isPresent()) {
      leftover.get().destroy();
      try {
        leftover.get().onExit().get(SECONDS_TO_STOP, TimeUnit.SECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException failure) {
        throw MillraceException.because(
            "The Redis server of an earlier run does not stop",
            "process " + leftover.get().pid() + " still uses " + pidFile.getParent(),
            "Stop it, and run this again");
      }
    }
    Files.deleteIfExists(pidFile);
  }

  private static boolean startedBefore(ProcessHandle process, Instant time) {
    return process.info().startInstant().filter(started -> !started.isAfter(time)).isPresent();
  }

  private static int free(int wanted) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return probe.getLocalPort();
    } catch (IOException busy) {
      throw MillraceException.because(
          "Cannot start Redis on port " + wanted,
          "something else listens there (" + busy.getMessage() + ")",
          "Stop that, or name another port with --redis-port; without it a free one is found");
    }
  }

  Sink.OnlineAddress address() {
    return new Sink.OnlineAddress("127.0.0.1", port);
  }

  private void stopServer() {
    try {
      server.stop();
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    stopServer();
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException endingAlready) {
      // The hook runs by itself then, and finds the server stopped.
      return;
    }
  }
}
