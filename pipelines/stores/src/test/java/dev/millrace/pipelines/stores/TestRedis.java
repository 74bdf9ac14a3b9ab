package dev.millrace.pipelines.stores;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real Redis server of a test's own, which can be killed, started again and held up. */
final class TestRedis implements AutoCloseable {
  private static final Pattern PROCESS = Pattern.compile("process_id:([0-9]+)");

  /** A node of a cluster listens at its port plus 10,000 as well. */
  private static final int FROM = 20_000;

  private static final int PORTS = 25_000;
  private static final int BETWEEN_BOTH = 10_000;

  private final Path folder;
  private final String[] settings;
  private final int port = free();
  private RedisServer server;
  private long process;

  private TestRedis(Path folder, String[] settings) throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.server = start();
  }

  static TestRedis start(Path folder, String... settings) throws IOException {
    return new TestRedis(folder, settings);
  }

  private RedisServer start() throws IOException {
    RedisServerBuilder builder =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("dir \"" + folder.toAbsolutePath() + "\"")
            .setting("save \"\"");
    for (String setting : settings) {
      builder.setting(setting);
    }
    RedisServer started = builder.build();
    started.start();
    try (Jedis jedis = jedis()) {
      Matcher found = PROCESS.matcher(jedis.info("server"));
      process = found.find() ? Long.parseLong(found.group(1)) : 0;
    }
    return started;
  }

  private static int free() {
    Random random = new Random();
    while (true) {
      int port = FROM + random.nextInt(PORTS);
      if (isFree(port) && isFree(port + BETWEEN_BOTH)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  int port() {
    return port;
  }

  RedisSettings settings() {
    return RedisSettings.ofReader("127.0.0.1", port);
  }

  OnlineStore store() {
    return OnlineStore.connect(settings());
  }

  Jedis jedis() {
    return new Jedis("127.0.0.1", port);
  }

  /** Ends it as a crash would. */
  void kill() {
    ProcessHandle handle = ProcessHandle.of(process).orElseThrow();
    handle.destroyForcibly();
    handle.onExit().join();
  }

  /** Starts it at the same port, over the same folder. */
  void startAgain() throws IOException {
    server = start();
  }

  /** Stops it from doing anything, with its connections open. */
  /** Returns when it stands still, where Linux tells: the signal is sent before it is heeded. */
  void holdUp() throws IOException, InterruptedException {
    signal("STOP");
    Path state = Path.of("/proc", Long.toString(process), "stat");
    while (Files.exists(state) && !Files.readString(state).contains(") T ")) {
      Thread.onSpinWait();
    }
  }

  void letGoOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process)).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
