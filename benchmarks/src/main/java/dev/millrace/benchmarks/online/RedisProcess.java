package dev.millrace.benchmarks.online;

import dev.millrace.pipelines.core.Sink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/** A real Redis server that can be killed, and started again from its files. */
final class RedisProcess implements AutoCloseable {
  private static final Pattern PROCESS = Pattern.compile("process_id:([0-9]+)");

  private final Path folder;
  private final int port = Ports.free();
  private RedisServer server;
  private long process;

  /**
   * Starts one that keeps each command on disk before it answers.
   *
   * @param folder of its files
   */
  RedisProcess(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.server = start();
  }

  private RedisServer start() throws IOException {
    RedisServer started =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("dir \"" + folder.toAbsolutePath() + "\"")
            .setting("save \"\"")
            .setting("appendonly yes")
            .setting("appendfsync always")
            .build();
    started.start();
    try (Jedis jedis = new Jedis("127.0.0.1", port)) {
      Matcher found = PROCESS.matcher(jedis.info("server"));
      process = found.find() ? Long.parseLong(Objects.requireNonNull(found.group(1))) : 0;
    }
    return started;
  }

  Sink.OnlineAddress address() {
    return new Sink.OnlineAddress("127.0.0.1", port);
  }

  void kill() {
    ProcessHandle handle = ProcessHandle.of(process).orElseThrow();
    handle.destroyForcibly();
    handle.onExit().join();
  }

  void startAgain() throws IOException {
    server = start();
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
