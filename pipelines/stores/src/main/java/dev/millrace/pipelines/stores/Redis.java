package dev.millrace.pipelines.stores;

import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAskDataException;
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
  /** A script, which each server keeps after the first time. */
  @SuppressWarnings("ArrayRecordComponent")
  record Script(String text, byte[] digest) {
    static Script of(String text) {
      return new Script(text, sha1(text));
    }
  }

  /** A command of one key, which may be sent twice. */
  @SuppressWarnings("ArrayRecordComponent")
  record Command(Protocol.Command name, byte[] key, byte[][] arguments, @Nullable Script script) {
    static Command of(Protocol.Command name, byte[] key, byte[]... arguments) {
      byte[][] all = new byte[arguments.length + 1][];
      all[0] = key;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      return new Command(name, key, all, null);
    }

    static Command of(Script script, byte[] key, byte[]... arguments) {
      byte[][] all = new byte[arguments.length + 3][];
      all[0] = script.digest();
      all[1] = ONE;
      all[2] = key;
      System.arraycopy(arguments, 0, all, 3, arguments.length);
      return new Command(Protocol.Command.EVALSHA, key, all, script);
    }
  }

  /** Commands, what was answered, and which have no answer yet. */
  private static final class Batch {
    final List<Command> commands;
    final @Nullable Object[] answers;
    final BitSet open = new BitSet();

    /** Where single commands go while their slot moves from one node to another. */
    final Map<Integer, HostAndPort> asked = new HashMap<>();

    Batch(List<Command> commands) {
      this.commands = commands;
      this.answers = new Object[commands.size()];
      open.set(0, commands.size());
    }
  }

  private static final byte[] ONE = {'1'};
  private static final int SLOTS = 16_384;
  private static final int MOST_DETOURS = 8;
  private static final long FIRST_PAUSE = 10;
  private static final long LONGEST_PAUSE = 5_000;
  private static final List<String> PASSING =
      List.of("LOADING", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "BUSY ", "READONLY");

  private final RedisSettings settings;
  private final RedisConnections connections;
  private final HostAndPort seed;

  /** Who has each slot; one entry for all where there is no cluster, or it is not known yet. */
  private volatile HostAndPort[] slots;

  private volatile boolean isClosed;

  Redis(RedisSettings settings) {
    this.settings = settings;
    this.connections = new RedisConnections(settings);
    this.seed = new HostAndPort(settings.host(), settings.port());
    this.slots = new HostAndPort[] {seed};
  }

  /** The answers, in the order of the commands; null for Redis' nil. */
  List<@Nullable Object> send(List<Command> commands) {
    Batch batch = new Batch(commands);
    persistently(
        () -> {
          for (int detours = 0; !batch.open.isEmpty(); detours++) {
            sendOnce(batch, detours < MOST_DETOURS);
          }
          return batch;
        });
    return Arrays.asList(batch.answers);
  }

  /** What each node that has keys answers, asked one after the other, perhaps twice. */
  <T> List<T> onEachNode(Function<Jedis, T> work) {
    return persistently(
        () -> {
          List<T> results = new ArrayList<>();
          for (HostAndPort node : new LinkedHashSet<>(Arrays.asList(findSlots()))) {
            try (Jedis jedis = connections.connection(node)) {
              results.add(work.apply(jedis));
            }
          }
          return results;
        });
  }

  private <T> T persistently(Supplier<T> work) {
    for (int attempt = 0; ; attempt++) {
      if (isClosed) {
        throw RedisFailure.closed(settings);
      }
      try {
        return work.get();
      } catch (JedisException failure) {
        if (isClosed) {
          throw RedisFailure.closed(settings);
        }
        boolean passes = passes(failure);
        boolean isLast = attempt == settings.retries();
        if (passes && isInterrupted(failure, isLast ? 0 : pauseAfter(attempt))) {
          throw RedisFailure.interrupted(failure, settings);
        }
        if (!passes || isLast) {
          throw RedisFailure.of(failure, passes, settings);
        }
        slots = new HostAndPort[] {seed};
        if (!(RedisFailure.root(failure) instanceof SocketTimeoutException)) {
          connections.closeIdle();
        }
      }
    }
  }

  private static boolean passes(JedisException failure) {
    Throwable root = RedisFailure.root(failure);
    String message = String.valueOf(root.getMessage());
    return !(root instanceof JedisDataException) || PASSING.stream().anyMatch(message::startsWith);
  }

  private static long pauseAfter(int attempt) {
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt, 16));
  }

  /** Waits before the next try; true where this thread is to stop, and is told so still. */
  private static boolean isInterrupted(JedisException failure, long pause) {
    try {
      if (RedisFailure.root(failure) instanceof InterruptedException stopped) {
        throw stopped;
      }
      Thread.sleep(pause);
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /**
   * Sends what has no answer yet. What is to be sent another way stays without, and is prepared.
   *
   * @param mayDetour whether that is allowed still; otherwise it is a failure
   */
  private void sendOnce(Batch batch, boolean mayDetour) {
    HostAndPort[] known = findSlots();
    Map<HostAndPort, List<Integer>> byNode = new LinkedHashMap<>();
    if (settings.cluster()) {
      for (int i = batch.open.nextSetBit(0); i >= 0; i = batch.open.nextSetBit(i + 1)) {
        HostAndPort asked = batch.asked.get(i);
        HostAndPort node = asked == null ? node(known, batch.commands.get(i).key()) : asked;
        byNode.computeIfAbsent(node, none -> new ArrayList<>()).add(i);
      }
    } else {
      byNode.put(seed, batch.open.stream().boxed().toList());
    }
    Map<Integer, HostAndPort> moved = new HashMap<>();
    for (Map.Entry<HostAndPort, List<Integer>> each : byNode.entrySet()) {
      try (Jedis jedis = connections.connection(each.getKey())) {
        sendTo(jedis, each.getValue(), batch, mayDetour, moved);
      }
    }
    if (!moved.isEmpty()) {
      keep(moved);
    }
  }

  /** Keeps where slots are now, unless another thread has all of them looked for again. */
  private void keep(Map<Integer, HostAndPort> moved) {
    HostAndPort[] known = slots.clone();
    if (known.length > 1) {
      moved.forEach((slot, node) -> known[slot] = node);
      slots = known;
    }
  }

  private void sendTo(
      Jedis jedis,
      List<Integer> places,
      Batch batch,
      boolean mayDetour,
      Map<Integer, HostAndPort> moved) {
    List<Response<Object>> responses = new ArrayList<>(places.size());
    Pipeline pipeline = jedis.pipelined();
    for (int place : places) {
      Command command = batch.commands.get(place);
      if (batch.asked.containsKey(place)) {
        pipeline.sendCommand(Protocol.Command.ASKING, new byte[0][]);
      }
      responses.add(pipeline.sendCommand(command.name(), command.arguments()));
    }
    pipeline.sync();
    Set<String> missing = new HashSet<>();
    @Nullable JedisDataException last = null;
    for (int i = 0; i < responses.size(); i++) {
      int place = places.get(i);
      try {
        batch.answers[place] = responses.get(i).get();
        batch.open.clear(place);
      } catch (JedisDataException refused) {
        if (!mayDetour || !detour(refused, batch, place, moved, missing)) {
          last = refused;
        }
      }
    }
    missing.forEach(jedis::scriptLoad);
    if (last != null) {
      throw last;
    }
  }

  /** Prepares to send a command another way, if that is what a refusal asks for. */
  private boolean detour(
      JedisDataException refused,
      Batch batch,
      int place,
      Map<Integer, HostAndPort> moved,
      Set<String> missing) {
    if (String.valueOf(refused.getMessage()).startsWith("NOSCRIPT")) {
      missing.add(Objects.requireNonNull(batch.commands.get(place).script()).text());
      return true;
    }
    if (settings.cluster() && refused instanceof JedisAskDataException asked) {
      batch.asked.put(place, asked.getTargetNode());
      return true;
    }
    if (settings.cluster() && refused instanceof JedisMovedDataException away) {
      batch.asked.remove(place);
      moved.put(away.getSlot(), away.getTargetNode());
      return true;
    }
    return false;
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

  private static HostAndPort node(HostAndPort[] known, byte[] key) {
    return known[JedisClusterCRC16.getSlot(key)];
  }

  /** Who has which slot, as any node that answers says; another thread may forget it meanwhile. */
  private HostAndPort[] findSlots() {
    HostAndPort[] known = slots;
    if (!settings.cluster() || known.length > 1) {
      return known;
    }
    Set<HostAndPort> nodes = new LinkedHashSet<>(List.of(seed));
    nodes.addAll(connections.nodes());
    @Nullable JedisException last = null;
    for (HostAndPort node : nodes) {
      try (Jedis jedis = connections.connection(node)) {
        HostAndPort[] found = slots(jedis, node);
        slots = found;
        return found;
      } catch (JedisConnectionException unreachable) {
        last = unreachable;
      }
    }
    throw last == null ? new JedisConnectionException("no node is known") : last;
  }

  private static HostAndPort[] slots(Jedis jedis, HostAndPort asked) {
    HostAndPort[] found = new HostAndPort[SLOTS];
    for (Object each : jedis.clusterSlots()) {
      List<?> range = (List<?>) each;
      List<?> master = (List<?>) range.get(2);
      String host = new String((byte[]) master.get(0), StandardCharsets.UTF_8);
      HostAndPort node =
          new HostAndPort(
              host.isEmpty() ? asked.getHost() : host, ((Long) master.get(1)).intValue());
      for (long slot = (Long) range.get(0); slot <= (Long) range.get(1); slot++) {
        found[(int) slot] = node;
      }
    }
    if (Arrays.asList(found).contains(null)) {
      throw new JedisConnectionException("some slots of the cluster are on no node");
    }
    return found;
  }

  @Override
  public void close() {
    isClosed = true;
    connections.close();
  }
}
