package dev.millrace.features;

import dev.millrace.pipelines.core.Sink;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/**
 * A real Redis behind a proxy. Once, when a command is on its way that it was told of, the server
 * is killed and started again from what its file held when it was told, as after a crash of a
 * machine that had the rest in memory only.
 */
final class CutOffRedis implements AutoCloseable {
  private static final Pattern PROCESS = Pattern.compile("process_id:([0-9]+)");

  private final Path folder;
  private final int port;
  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private RedisServer server;
  private volatile @Nullable String awaited;
  private volatile long keeps;
  private volatile int cuts;

  CutOffRedis(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
    this.server = start();
    daemon(this::accept);
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
    return started;
  }

  Sink.OnlineAddress address() {
    return new Sink.OnlineAddress("127.0.0.1", door.getLocalPort());
  }

  /** Nothing after now is on its disk when a command with that text comes. */
  void cutOffAt(String text) throws IOException {
    keeps = Files.size(file());
    awaited = text;
  }

  /** How often that has happened. */
  int cuts() {
    return cuts;
  }

  private Path file() {
    return folder.resolve("appendonly.aof");
  }

  /**
   * Looks for the text, which may come in several pieces, and returns what its end may follow on.
   */
  private synchronized String look(String coming) throws IOException {
    String text = awaited;
    if (text == null) {
      return "";
    }
    if (!coming.contains(text)) {
      return coming.substring(Math.max(0, coming.length() - text.length() + 1));
    }
    awaited = null;
    try (Jedis jedis = new Jedis("127.0.0.1", port)) {
      Matcher found = PROCESS.matcher(jedis.info("server"));
      if (!found.find()) {
        throw new IOException("the server does not say which process it is");
      }
      ProcessHandle process = ProcessHandle.of(Long.parseLong(found.group(1))).orElseThrow();
      process.destroyForcibly();
      process.onExit().join();
    }
    try (FileOutputStream out = new FileOutputStream(file().toFile(), true);
        FileChannel channel = out.getChannel()) {
      FileChannel unused = channel.truncate(keeps);
    }
    server = start();
    cuts++;
    for (Socket each : open) {
      each.close();
    }
    open.clear();
    throw new IOException("cut off");
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        open.add(client);
        connect(client);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      Socket behind = new Socket(InetAddress.getLoopbackAddress(), port);
      open.add(behind);
      daemon(() -> pump(client, behind, true));
      daemon(() -> pump(behind, client, false));
    } catch (IOException away) {
      client.close();
    }
  }

  private void pump(Socket from, Socket to, boolean looks) {
    byte[] bytes = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      String before = "";
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        if (looks) {
          before = look(before + new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        }
        to.getOutputStream().write(bytes, 0, length);
      }
    } catch (IOException gone) {
      // The other side has closed both.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "cut-off-redis");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    server.stop();
  }
}
