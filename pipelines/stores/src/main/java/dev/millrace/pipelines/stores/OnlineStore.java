package dev.millrace.pipelines.stores;

import static redis.clients.jedis.Protocol.Command.GET;
import static redis.clients.jedis.Protocol.Command.GETRANGE;
import static redis.clients.jedis.Protocol.Command.SET;
import static redis.clients.jedis.Protocol.Command.UNLINK;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Micros;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.ScanParams;
import redis.clients.jedis.ScanResult;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Tiles in Redis. An entity of a space is one value, so that it is read and replaced at once:
 *
 * <pre>
 *   millrace:{space}/{entity}   a {@link StoredEntity}: the {@link Stamp} of what it holds, its tiles
 *   millrace:{space}            the stamp up to which the whole space is
 *   millrace:{view}@            the version of a view that is read
 * </pre>
 *
 * An entity's bytes stand in its key as base64 of URLs without padding, since other clients hold
 * keys as text.
 *
 * <p>Any number of threads may use it, but for {@link #load} and {@link #flush}.
 */
public final class OnlineStore implements AutoCloseable {
  private static final String PREFIX = "millrace:";

  /** Up to where a space is that is to be loaded again: it is of no log. */
  private static final Stamp UNKNOWN = new Stamp(0, 0, 0, 0);

  private static final int KEYS_A_SCAN = 1000;
  private static final Pattern RUN = Pattern.compile("run_id:([0-9a-f]+)");
  private static final Pattern EVICTION = Pattern.compile("maxmemory_policy:(\\S+)");
  private static final Pattern UNBOUNDED = Pattern.compile("(?m)^maxmemory:0\\s*$");
  private static final String KEEPS_KEYS = "noeviction";

  /**
   * Sets a value if what is there is what it was made of, or that value already: the answer to the
   * command may have been lost, and it was sent again.
   */
  private static final Redis.Script EXCHANGE =
      Redis.Script.of(
          """
      local old = redis.call('GETRANGE', KEYS[1], 0, 32)
      if old ~= ARGV[1] and redis.call('GET', KEYS[1]) ~= ARGV[2] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      return 1
      """);

  /**
   * Writes the beginning of a value if what is there is what it was made of, or that beginning
   * already.
   */
  private static final Redis.Script EXTEND =
      Redis.Script.of(
          """
      local old = redis.call('GETRANGE', KEYS[1], 0, 32)
      if old ~= ARGV[1] and redis.call('GETRANGE', KEYS[1], 0, #ARGV[2] - 1) ~= ARGV[2] then return 0 end
      redis.call('SETRANGE', KEYS[1], 0, ARGV[2])
      redis.call('PEXPIRE', KEYS[1], ARGV[3])
      return 1
      """);

  /** Removes a value if it is still of that stamp. */
  private static final Redis.Script REMOVE =
      Redis.Script.of(
          """
      if redis.call('GETRANGE', KEYS[1], 0, 32) ~= ARGV[1] then return 0 end
      return redis.call('UNLINK', KEYS[1])
      """);

  private final Redis redis;
  private final LoadQueue loads;

  private OnlineStore(Redis redis) {
    this.redis = redis;
    this.loads = new LoadQueue(redis);
  }

  /**
   * Connects.
   *
   * @throws dev.millrace.transforms.problem.MillraceException where no server answers, or refuses
   */
  public static OnlineStore connect(RedisSettings settings) {
    OnlineStore store = at(settings);
    store.mark("");
    return store;
  }

  /** The store there, whether a server answers now or not. */
  public static OnlineStore at(RedisSettings settings) {
    return new OnlineStore(new Redis(settings));
  }

  /** An entity of a space. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Wanted(String space, byte[] entity) {}

  /**
   * Several entities in one round trip to each node, in the order asked for; none where one is not
   * there.
   *
   * @throws MillraceException where one is there as another release wrote it
   */
  public List<Optional<StoredEntity>> read(List<Wanted> entities) {
    Answer answer = read(List.of(), entities);
    return IntStream.range(0, entities.size()).mapToObj(answer::entity).toList();
  }

  /** What one read found. */
  public static final class Answer {
    private final List<Optional<String>> versions;
    private final List<Wanted> wanted;
    private final List<@Nullable Object> found;

    private Answer(
        List<Optional<String>> versions, List<Wanted> wanted, List<@Nullable Object> found) {
      this.versions = versions;
      this.wanted = wanted;
      this.found = found;
    }

    /**
     * Those that are to be read, of the views asked for, in their order; none where none was
     * chosen.
     */
    public List<Optional<String>> versions() {
      return versions;
    }

    /**
     * An entity, by its place among those asked for; none where it is not there.
     *
     * @throws MillraceException where it is there as another release wrote it: said to be absent,
     *     it would have the values of no events
     */
    public Optional<StoredEntity> entity(int place) {
      Optional<StoredEntity> entity = OnlineStore.entity(found.get(place));
      if (entity.isEmpty() && found.get(place) != null) {
        throw MillraceException.because(
            "Cannot read an entity of " + wanted.get(place).space() + " online",
            "the store holds it in another form than this release of Millrace reads",
            "Materialise the view online with this release; a stream does it when it is started"
                + " again");
      }
      return entity;
    }
  }

  /**
   * The beginnings of several entities, which are all of those that are not large; none where one
   * is not there, or not as this release writes it.
   */
  public List<Optional<StoredEntity>> readBeginnings(List<Wanted> entities) {
    byte[] last = ascii(Integer.toString(StoredEntity.BEGINNING - 1));
    List<Redis.Command> reads = new ArrayList<>(entities.size());
    for (Wanted wanted : entities) {
      byte[] key = key(wanted.space(), wanted.entity());
      reads.add(Redis.Command.of(GETRANGE, key, ascii("0"), last));
    }
    return redis.send(reads).stream().map(OnlineStore::entity).toList();
  }

  /** Several entities, and which versions of some views are to be read, in that same round trip. */
  public Answer read(List<String> views, List<Wanted> entities) {
    List<Redis.Command> reads = new ArrayList<>(views.size() + entities.size());
    views.forEach(view -> reads.add(Redis.Command.of(GET, text(view + "@"))));
    entities.forEach(
        wanted -> reads.add(Redis.Command.of(GET, key(wanted.space(), wanted.entity()))));
    List<@Nullable Object> found = redis.send(reads);
    return new Answer(
        found.subList(0, views.size()).stream().map(OnlineStore::version).toList(),
        entities,
        found.subList(views.size(), found.size()));
  }

  private static Optional<String> version(@Nullable Object answer) {
    return Optional.ofNullable(answer)
        .map(bytes -> new String((byte[]) bytes, StandardCharsets.UTF_8));
  }

  private static Optional<StoredEntity> entity(@Nullable Object answer) {
    if (answer == null) {
      return Optional.empty();
    }
    byte[] value = (byte[]) answer;
    return Stamp.decode(value).map(stamp -> new StoredEntity(stamp, value));
  }

  /**
   * Puts an entity's tiles in place of those that are there, unless those are newer. Sent with the
   * next {@link #flush} at the latest.
   *
   * @param tiles in one piece
   * @param ttl how long they are kept
   */
  public void load(String space, byte[] entity, Stamp stamp, byte[] tiles, Duration ttl) {
    loads.add(key(space, entity), StoredEntity.value(stamp, tiles), millis(ttl));
  }

  /** Sends what waits, and returns when the servers have it all. */
  public void flush() {
    loads.flush();
  }

  /** How many of the entities loaded were left as they are, since the store holds newer ones. */
  public long leftNewer() {
    return loads.leftNewer();
  }

  /**
   * A change of an entity.
   *
   * @param before what it was made of; empty where the store did not have it
   * @param bytes the whole value, or its beginning
   * @param isWhole whether that is all of it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Change(Wanted of, Optional<Stamp> before, byte[] bytes, boolean isWhole) {
    private Redis.Command command(byte[] ttl) {
      return Redis.Command.of(
          isWhole ? EXCHANGE : EXTEND,
          key(of.space(), of.entity()),
          before.map(Stamp::encode).orElse(new byte[0]),
          bytes,
          ttl);
    }
  }

  /**
   * Makes changes whose entities are still what they were made of; which of them were made.
   *
   * @param ttl how long they are kept from now on
   */
  public List<Boolean> change(List<Change> changes, Duration ttl) {
    byte[] millis = millis(ttl);
    return redis.send(changes.stream().map(change -> change.command(millis)).toList()).stream()
        .map(answer -> Long.valueOf(1).equals(answer))
        .toList();
  }

  /** The stamp up to which a whole space is; empty where none was loaded. */
  public Optional<Stamp> mark(String space) {
    @Nullable Object found = redis.send(List.of(Redis.Command.of(GET, text(space)))).get(0);
    return found == null
        ? Optional.empty()
        : Stamp.decode((byte[]) found).filter(stamp -> !stamp.equals(UNKNOWN));
  }

  /** Whether a space is there, though it may be loaded anew just now. */
  public boolean has(String space) {
    return redis.send(List.of(Redis.Command.of(GET, text(space)))).get(0) != null;
  }

  /**
   * Whether a stream of the same log has brought a whole space further than a load would, which
   * would take away what it leaves out.
   */
  public boolean isStreamedBeyond(String space, Stamp stamp) {
    return mark(space).filter(stamp::isBehindStreamOf).isPresent();
  }

  /**
   * Has nothing against a load of a whole space.
   *
   * @param address of the store, as messages name it
   * @throws MillraceException where the space is up to a newer stamp
   */
  public void requireNotOlder(String space, Stamp stamp, String address) {
    Optional<Stamp> newer = mark(space).filter(there -> !stamp.mayReplace(there));
    if (newer.isPresent()) {
      throw MillraceException.because(
          "Cannot load " + space + " as of " + Micros.instant(stamp.end()),
          "the online store at "
              + address
              + " holds it as of "
              + Micros.instant(newer.get().end())
              + ", of version "
              + newer.get().version()
              + " of its log, and an older state does not replace a newer one",
          "Load it as of that time or a later one, or clear it first");
    }
  }

  /**
   * Has nothing against a load as long as the servers keep what they are given: an entity that they
   * remove when they are short of memory would have the values of no events. Where the user may not
   * ask, they are taken to.
   *
   * @param address of the store, as messages name it
   * @throws MillraceException where one removes keys
   */
  public void requireKeepsKeys(String address) {
    for (String policy : redis.onEachNode(OnlineStore::eviction)) {
      if (!policy.equals(KEEPS_KEYS)) {
        throw MillraceException.because(
            "Cannot load into the online store at " + address,
            "it removes keys when it is short of memory (maxmemory-policy "
                + policy
                + "), and an entity that is gone reads as one without events",
            "Set its maxmemory-policy to "
                + KEEPS_KEYS
                + ", or take a store of its own for features");
      }
    }
  }

  private static String eviction(Jedis node) {
    String memory;
    try {
      memory = node.info("memory");
    } catch (JedisDataException failure) {
      boolean mayNotAsk =
          failure instanceof JedisAccessControlException
              || String.valueOf(failure.getMessage()).startsWith("ERR unknown command");
      if (mayNotAsk) {
        return KEEPS_KEYS;
      }
      throw failure;
    }
    Matcher policy = EVICTION.matcher(memory);
    return UNBOUNDED.matcher(memory).find() || !policy.find()
        ? KEEPS_KEYS
        : Objects.requireNonNull(policy.group(1));
  }

  /** Says that a whole space is up to a stamp. */
  public void mark(String space, Stamp stamp) {
    redis.send(List.of(Redis.Command.of(SET, text(space), stamp.encode())));
  }

  /**
   * Has a whole space be up to nothing, so that whoever depends on it loads it again. One that is
   * there stays so to its readers.
   */
  public void unmark(String space) {
    redis.send(List.of(Redis.Command.of(SET, text(space), UNKNOWN.encode(), ascii("XX"))));
  }

  /**
   * What names the runs of the servers that have keys. It changes where one was started again,
   * which may then lack what it answered for and had not written to its disk yet.
   */
  public List<String> runs() {
    return redis.onEachNode(
        node -> {
          Matcher found = RUN.matcher(node.info("server"));
          return found.find() ? Objects.requireNonNull(found.group(1)) : "";
        });
  }

  /** The version of a view that is to be read, where one was chosen. */
  public Optional<String> current(String view) {
    return read(List.of(view), List.of()).versions().get(0);
  }

  /** Has all readers read another version of a view, from one moment on. */
  public void choose(String view, String version) {
    redis.send(
        List.of(Redis.Command.of(SET, text(view + "@"), version.getBytes(StandardCharsets.UTF_8))));
  }

  /** The versions of a view that have been loaded, and up to what. */
  public SortedMap<String, Stamp> versions(String view) {
    int prefix = text(view + "@").length;
    SortedMap<String, Stamp> versions = new TreeMap<>();
    for (byte[] key : storedKeys(PREFIX + view + "@*", OnlineStore::isOfNoEntity)) {
      String version = new String(key, prefix, key.length - prefix, StandardCharsets.UTF_8);
      if (!version.isEmpty()) {
        mark(view + "@" + version).ifPresent(stamp -> versions.put(version, stamp));
      }
    }
    return versions;
  }

  private static boolean isOfNoEntity(byte[] key) {
    return new String(key, StandardCharsets.ISO_8859_1).indexOf('/') < 0;
  }

  /** Removes the entities of a space that an older load left; returns how many they were. */
  public long sweep(String space, Stamp current) {
    return remove(space, stamp -> stamp.isEmpty() || stamp.get().isForeignOrOlder(current));
  }

  /**
   * Removes the entities of a space that an older state of the same log left, and those that
   * another release wrote, which nothing is added to. What is of another log stays.
   */
  public void sweepOfLog(String space, Stamp current) {
    long unused =
        remove(
            space,
            stamp ->
                stamp.map(there -> there.isOfLog(current) && there.isOlder(current)).orElse(true));
  }

  private long remove(String space, Predicate<Optional<Stamp>> which) {
    long removed = 0;
    List<byte[]> keys = storedKeys(space);
    for (int from = 0; from < keys.size(); from += KEYS_A_SCAN) {
      List<byte[]> page = keys.subList(from, Math.min(keys.size(), from + KEYS_A_SCAN));
      List<Redis.Command> stamps =
          page.stream()
              .map(
                  key ->
                      Redis.Command.of(
                          GETRANGE, key, ascii("0"), ascii(Integer.toString(Stamp.SIZE - 1))))
              .toList();
      List<@Nullable Object> found = redis.send(stamps);
      List<Redis.Command> removals = new ArrayList<>();
      for (int i = 0; i < page.size(); i++) {
        byte[] bytes = (byte[]) Objects.requireNonNull(found.get(i));
        if (which.test(Stamp.decode(bytes))) {
          removals.add(Redis.Command.of(REMOVE, page.get(i), bytes));
        }
      }
      for (Object answer : redis.send(removals)) {
        removed += Long.valueOf(1).equals(answer) ? 1 : 0;
      }
    }
    return removed;
  }

  /** Whether there is no entity of a space. */
  public boolean isEmpty(String space) {
    return redis.onEachNode(node -> scan(node, pattern(space), List::isEmpty)).stream()
        .allMatch(empty -> empty);
  }

  /** The entities of a space, in any order. */
  public List<byte[]> keys(String space) {
    return storedKeys(space).stream()
        .map(key -> entityOf(space, new String(key, StandardCharsets.US_ASCII)))
        .toList();
  }

  /** How many entities of a space there are. */
  public long entities(String space) {
    return storedKeys(space).size();
  }

  /** Removes a whole space. */
  public void clear(String space) {
    List<byte[]> keys = new ArrayList<>(storedKeys(space));
    keys.add(text(space));
    for (int from = 0; from < keys.size(); from += KEYS_A_SCAN) {
      redis.send(
          keys.subList(from, Math.min(keys.size(), from + KEYS_A_SCAN)).stream()
              .map(key -> Redis.Command.of(UNLINK, key))
              .toList());
    }
  }

  private List<byte[]> storedKeys(String space) {
    return storedKeys(pattern(space), key -> true);
  }

  private List<byte[]> storedKeys(String pattern, Predicate<byte[]> wanted) {
    Set<ByteBuffer> found = new LinkedHashSet<>();
    redis.onEachNode(
        node ->
            scan(
                node,
                pattern,
                keys -> {
                  keys.stream().filter(wanted).forEach(key -> found.add(ByteBuffer.wrap(key)));
                  return true;
                }));
    return found.stream().map(ByteBuffer::array).toList();
  }

  /** Goes through a node's keys for as long as it is told to; whether that was to the end. */
  private static boolean scan(Jedis node, String pattern, Predicate<List<byte[]>> goesOn) {
    ScanParams matching = new ScanParams().match(pattern).count(KEYS_A_SCAN);
    byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
    do {
      ScanResult<byte[]> page = node.scan(cursor, matching);
      if (!goesOn.test(page.getResult())) {
        return false;
      }
      cursor = page.getCursorAsBytes();
    } while (!Arrays.equals(cursor, ScanParams.SCAN_POINTER_START_BINARY));
    return true;
  }

  /** The key in Redis of an entity. */
  public static byte[] key(String space, byte[] entity) {
    byte[] prefix = text(space + "/");
    byte[] name = Base64.getUrlEncoder().withoutPadding().encode(entity);
    byte[] key = Arrays.copyOf(prefix, prefix.length + name.length);
    System.arraycopy(name, 0, key, prefix.length, name.length);
    return key;
  }

  /** The entity of such a key. */
  public static byte[] entityOf(String space, String key) {
    return Base64.getUrlDecoder().decode(key.substring(pattern(space).length() - 1));
  }

  /** What {@code SCAN} matches all keys of a space's entities by. */
  public static String pattern(String space) {
    return PREFIX + space + "/*";
  }

  private static byte[] text(String rest) {
    return (PREFIX + rest).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] millis(Duration ttl) {
    return ascii(Long.toString(ttl.toMillis()));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    loads.close();
    redis.close();
  }
}
