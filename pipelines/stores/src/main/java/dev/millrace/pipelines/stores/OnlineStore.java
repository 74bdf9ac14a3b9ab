package dev.millrace.pipelines.stores;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.ScanParams;
import redis.clients.jedis.ScanResult;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Tiles in Redis. An entity of a space is one hash; each of its fields is a tile, named by its hop
 * and start:
 *
 * <pre>
 *   key     "millrace:" space ":" entity key
 *   field   hop in microseconds, start in hops      (variable-length numbers)
 *   value   the tile's accumulators
 *   field   (empty)
 *   value   the stamp of the load that wrote the entity
 * </pre>
 *
 * One connection, for one thread at a time.
 */
public final class OnlineStore implements AutoCloseable {
  private static final int ENTITIES_A_FLUSH = 200;
  private static final int KEYS_A_SCAN = 1000;
  private static final byte[] STAMP = {};

  private final Jedis redis;
  private final String address;
  private Pipeline writes;
  private int waiting;

  private OnlineStore(Jedis redis, String address) {
    this.redis = redis;
    this.address = address;
    this.writes = redis.pipelined();
  }

  /** Connects; a server that does not answer is a {@link MillraceException}. */
  public static OnlineStore connect(String host, int port, Duration timeout) {
    String address = host + ":" + port;
    Jedis redis = new Jedis(host, port, (int) timeout.toMillis());
    try {
      redis.ping();
    } catch (JedisException failure) {
      redis.close();
      throw unreachable(address, failure);
    }
    return new OnlineStore(redis, address);
  }

  /**
   * Replaces an entity's tiles, all at once: a reader sees the old ones or the new ones. Sent with
   * the next {@link #flush} at the latest.
   *
   * @param stamp of the load that they belong to
   * @param ttl how long they are kept
   */
  // A transaction inside a pipeline, and fields as bytes: Jedis 3 has no other door to them.
  @SuppressWarnings({"deprecation", "ArrayAsKeyOfSetOrMap"})
  public void replace(
      String space, byte[] entity, List<StoredTile> tiles, LoadStamp stamp, Duration ttl) {
    byte[] key = key(space, entity);
    Map<byte[], byte[]> fields = new HashMap<>();
    fields.put(STAMP, stamp.encode());
    tiles.forEach(tile -> fields.put(field(tile), tile.bytes()));
    writes.multi();
    writes.del(key);
    writes.hset(key, fields);
    writes.pexpire(key, ttl.toMillis());
    writes.exec();
    if (++waiting >= ENTITIES_A_FLUSH) {
      flush();
    }
  }

  /** Sends what waits, and returns when the server has it all. */
  public void flush() {
    try {
      for (Object answer : writes.syncAndReturnAll()) {
        if (answer instanceof JedisException failure) {
          throw failure;
        }
      }
    } catch (JedisException failure) {
      throw unreachable(address, failure);
    }
    writes = redis.pipelined();
    waiting = 0;
  }

  /**
   * The tiles of several entities in one round trip, in the order asked for; none for an entity
   * that is not there.
   */
  public List<StoredEntity> read(List<Wanted> entities) {
    List<Response<Map<byte[], byte[]>>> answers = new ArrayList<>();
    try {
      Pipeline reads = redis.pipelined();
      for (Wanted wanted : entities) {
        answers.add(reads.hgetAll(key(wanted.space(), wanted.entity())));
      }
      reads.sync();
    } catch (JedisException failure) {
      throw unreachable(address, failure);
    }
    return answers.stream().map(answer -> entity(answer.get())).toList();
  }

  /** An entity of a space. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Wanted(String space, byte[] entity) {}

  /** Removes the entities of a space that another load wrote; returns how many they were. */
  public long sweep(String space, LoadStamp current) {
    byte[] wanted = current.encode();
    long removed = 0;
    for (byte[] key : keys(space)) {
      if (!Arrays.equals(redis.hget(key, STAMP), wanted)) {
        removed += redis.del(key);
      }
    }
    return removed;
  }

  /** How many entities of a space there are. */
  public long entities(String space) {
    return keys(space).size();
  }

  private List<byte[]> keys(String space) {
    ScanParams ofSpace = new ScanParams().match(key(space, "*".getBytes(StandardCharsets.UTF_8)));
    Set<ByteBuffer> found = new LinkedHashSet<>();
    byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
    try {
      do {
        ScanResult<byte[]> page = redis.scan(cursor, ofSpace.count(KEYS_A_SCAN));
        page.getResult().forEach(key -> found.add(ByteBuffer.wrap(key)));
        cursor = page.getCursorAsBytes();
      } while (!Arrays.equals(cursor, ScanParams.SCAN_POINTER_START_BINARY));
    } catch (JedisException failure) {
      throw unreachable(address, failure);
    }
    return found.stream().map(ByteBuffer::array).toList();
  }

  private static StoredEntity entity(Map<byte[], byte[]> fields) {
    Optional<LoadStamp> stamp = Optional.empty();
    List<StoredTile> tiles = new ArrayList<>();
    for (Map.Entry<byte[], byte[]> each : fields.entrySet()) {
      if (each.getKey().length == 0) {
        stamp = Optional.of(LoadStamp.decode(each.getValue()));
      } else {
        ByteReader in = new ByteReader(each.getKey());
        long hop = in.readUnsigned();
        tiles.add(new StoredTile(hop, in.readSigned() * hop, each.getValue()));
      }
    }
    return new StoredEntity(stamp, tiles);
  }

  private static byte[] key(String space, byte[] entity) {
    ByteWriter key = new ByteWriter();
    byte[] prefix = ("millrace:" + space + ":").getBytes(StandardCharsets.UTF_8);
    key.writeRaw(prefix, 0, prefix.length);
    key.writeRaw(entity, 0, entity.length);
    return key.toBytes();
  }

  private static byte[] field(StoredTile tile) {
    ByteWriter field = new ByteWriter();
    field.writeUnsigned(tile.hop());
    field.writeSigned(Math.floorDiv(tile.start(), tile.hop()));
    return field.toBytes();
  }

  private static MillraceException unreachable(String address, JedisException failure) {
    return new MillraceException(
        new dev.millrace.transforms.problem.Problem(
            "Cannot use the Redis at " + address,
            String.valueOf(failure.getMessage()),
            "Check that it runs and that the address is right"),
        failure);
  }

  @Override
  public void close() {
    redis.close();
  }
}
