package dev.millrace.pipelines.stores;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * A Redis, one server or a cluster: sends commands of one key each, those for a node in one round
 * trip, and again where they failed on the way. Any number of threads may use it.
 */
final class Redis implements AutoCloseable {
  /** A command of one key, which may be sent twice. */
  @SuppressWarnings("ArrayRecordComponent")
  record Command(Protocol.Command name, byte[] key, byte[][] arguments) {
    static Command of(Protocol.Command name, byte[] key, byte[]... arguments) {
      byte[][] all = new byte[arguments.length + 1][];
      all[0] = key;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      return new Command(name, key, all);
    }

    /** A script that each server keeps after the first time. */
    static Command script(String script, byte[] key, byte[]... arguments) {
      byte[][] all = new byte[arguments.length + 3][];
      all[0] = script.getBytes(StandardCharsets.UTF_8);
      all[1] = ONE;
      all[2] = key;
      System.arraycopy(arguments, 0, all, 3, arguments.length);
      return new Command(Protocol.Command.EVALSHA, key, all);
    }
  }

  private static final byte[] ONE = {'1'};
  private static final int SLOTS = 16_384;
  private static final long FIRST_PAUSE = 10;
  private static final long LONGEST_PAUSE = 5_000;
  private static final List<String> PASSING =
      List.of("LOADING", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "BUSY", "READONLY");

  private final RedisSettings settings;
  private final Map<HostAndPort, JedisPool> pools = new ConcurrentHashMap<>();
  private final Map<String, byte[]> digests = new ConcurrentHashMap<>();
  private final HostAndPort seed;

  /** Who has each slot; one entry for all where there is no cluster. */
  private volatile HostAndPort[] slots;

  Redis(RedisSettings settings) {
    this.settings = settings;
    this.seed = new HostAndPort(settings.host(), settings.port());
    this.slots = new HostAndPort[] {seed};
  }

  /** The answers, in the order of the commands; null for Redis' nil. */
  List<@Nullable Object> send(List<Command> commands) {
    @Nullable Object[] answers = new Object[commands.size()];
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      open.add(i);
    }
    RuntimeException last = new IllegalStateException("nothing was sent");
    for (int attempt = 0; attempt <= settings.retries(); attempt++) {
      pause(attempt);
      try {
        last = sendOnce(commands, open, answers);
      } catch (JedisConnectionException failure) {
        last = failure;
        forgetSlots();
      }
      if (open.isEmpty()) {
        return Arrays.asList(answers);
      }
    }
    throw failed(last);
  }

  /** Takes the answered from {@code open}; returns why the others were not. */
  private RuntimeException sendOnce(
      List<Command> commands, List<Integer> open, @Nullable Object[] answers) {
    findSlots();
    Map<HostAndPort, List<Integer>> byNode = new LinkedHashMap<>();
    for (int index : open) {
      byNode.computeIfAbsent(node(commands.get(index).key()), none -> new ArrayList<>()).add(index);
    }
    RuntimeException last = new IllegalStateException("all was answered");
    for (Map.Entry<HostAndPort, List<Integer>> each : byNode.entrySet()) {
      try (Jedis jedis = pool(each.getKey()).getResource()) {
        Map<Integer, Response<Object>> responses = new LinkedHashMap<>();
        Pipeline pipeline = jedis.pipelined();
        for (int index : each.getValue()) {
          Command command = commands.get(index);
          responses.put(index, pipeline.sendCommand(command.name(), arguments(command)));
        }
        pipeline.sync();
        for (Map.Entry<Integer, Response<Object>> response : responses.entrySet()) {
          try {
            answers[response.getKey()] = response.getValue().get();
            open.remove(response.getKey());
          } catch (JedisDataException refused) {
            last = afterRefusal(refused, jedis, commands.get(response.getKey()));
          }
        }
      }
    }
    return last;
  }

  /** Prepares for another try, or throws where that would change nothing. */
  private RuntimeException afterRefusal(JedisDataException refused, Jedis jedis, Command command) {
    String message = String.valueOf(refused.getMessage());
    if (message.startsWith("NOSCRIPT")) {
      jedis.scriptLoad(command.arguments()[0]);
    } else if (refused instanceof JedisMovedDataException) {
      forgetSlots();
    } else if (PASSING.stream().noneMatch(message::startsWith)) {
      throw failed(refused);
    }
    return refused;
  }

  private byte[][] arguments(Command command) {
    if (command.name() != Protocol.Command.EVALSHA) {
      return command.arguments();
    }
    byte[][] arguments = command.arguments().clone();
    arguments[0] =
        digests.computeIfAbsent(
            new String(arguments[0], StandardCharsets.UTF_8), script -> sha1(script));
    return arguments;
  }

  private static byte[] sha1(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(script.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.UTF_8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What each node that has keys answers, asked one after the other. */
  <T> List<T> onEachNode(Function<Jedis, T> work) {
    try {
      findSlots();
      List<T> results = new ArrayList<>();
      for (HostAndPort node : new LinkedHashSet<>(Arrays.asList(slots))) {
        try (Jedis jedis = pool(node).getResource()) {
          results.add(work.apply(jedis));
        }
      }
      return results;
    } catch (JedisException failure) {
      throw failed(failure);
    }
  }

  private HostAndPort node(byte[] key) {
    HostAndPort[] known = slots;
    return known.length == 1 ? known[0] : known[JedisClusterCRC16.getSlot(key)];
  }

  private void forgetSlots() {
    slots = new HostAndPort[] {seed};
  }

  /** Asks any node that answers who has which slot. */
  private void findSlots() {
    if (!settings.cluster() || slots.length > 1) {
      return;
    }
    List<HostAndPort> nodes = new ArrayList<>(List.of(seed));
    pools.keySet().stream().filter(node -> !node.equals(seed)).forEach(nodes::add);
    @Nullable JedisConnectionException last = null;
    for (HostAndPort node : nodes) {
      try (Jedis jedis = pool(node).getResource()) {
        slots = slots(jedis);
        return;
      } catch (JedisConnectionException unreachable) {
        last = unreachable;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private static HostAndPort[] slots(Jedis jedis) {
    HostAndPort[] found = new HostAndPort[SLOTS];
    for (Object each : jedis.clusterSlots()) {
      List<?> range = (List<?>) each;
      List<?> master = (List<?>) range.get(2);
      HostAndPort node =
          new HostAndPort(
              new String((byte[]) master.get(0), StandardCharsets.UTF_8),
              ((Long) master.get(1)).intValue());
      for (long slot = (Long) range.get(0); slot <= (Long) range.get(1); slot++) {
        found[(int) slot] = node;
      }
    }
    for (HostAndPort node : found) {
      if (node == null) {
        throw new JedisConnectionException("CLUSTERDOWN some slots are on no node");
      }
    }
    return found;
  }

  private JedisPool pool(HostAndPort node) {
    return pools.computeIfAbsent(node, this::connect);
  }

  private JedisPool connect(HostAndPort node) {
    GenericObjectPoolConfig<Jedis> config = new GenericObjectPoolConfig<>();
    config.setMaxTotal(settings.connections());
    config.setMaxIdle(settings.connections());
    config.setMaxWait(settings.timeout());
    config.setJmxEnabled(false);
    int millis = (int) settings.timeout().toMillis();
    return new JedisPool(
        config,
        node.getHost(),
        node.getPort(),
        millis,
        millis,
        settings.user().orElse(null),
        settings.password().orElse(null),
        Protocol.DEFAULT_DATABASE,
        "millrace",
        settings.tls());
  }

  private static void pause(int attempt) {
    if (attempt == 0) {
      return;
    }
    try {
      Thread.sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt, 16)));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted", stopped);
    }
  }

  MillraceException failed(RuntimeException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    Duration most = settings.timeout();
    boolean refused = cause instanceof JedisDataException;
    return new MillraceException(
        new Problem(
            "Cannot use the Redis at " + settings,
            String.valueOf(cause.getMessage())
                + (refused
                    ? ""
                    : " (" + (settings.retries() + 1) + " tries, " + most.toMillis() + " ms each)"),
            refused
                ? "Check what its user may do and what it has room for"
                : "Check that it runs and that the address is right"),
        failure);
  }

  @Override
  public void close() {
    pools.values().forEach(JedisPool::close);
  }
}
