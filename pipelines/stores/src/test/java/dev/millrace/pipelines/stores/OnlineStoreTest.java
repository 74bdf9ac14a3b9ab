package dev.millrace.pipelines.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.stores.OnlineStore.Change;
import dev.millrace.pipelines.stores.OnlineStore.Wanted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

class OnlineStoreTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final String SPACE = "spend@12345678";

  @TempDir static Path folder;
  private static TestRedis redis;
  private OnlineStore store;

  @BeforeAll
  static void startRedis() throws IOException {
    redis = TestRedis.start(folder);
  }

  @AfterAll
  static void stopRedis() throws IOException {
    redis.close();
  }

  @BeforeEach
  void connect() {
    try (Jedis jedis = redis.jedis()) {
      jedis.flushAll();
      jedis.scriptFlush();
    }
    store = redis.store();
  }

  @AfterEach
  void disconnect() {
    store.close();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static Stamp stamp(long position, long version, long end) {
    return new Stamp(7, position, version, end);
  }

  private void load(int entity, Stamp stamp, int tiles) {
    store.load(SPACE, bytes(entity), stamp, bytes(tiles), TTL);
  }

  /** The tile's byte that an entity has; nothing where it is not there. */
  private Optional<Integer> tiles(int entity) {
    return store
        .read(List.of(new Wanted(SPACE, bytes(entity))))
        .get(0)
        .map(found -> (int) found.value()[found.value().length - 1]);
  }

  @Test
  void readsInTheOrderAskedForAndNothingWhereNothingIs() {
    Stamp stamp = stamp(1, 2, 3);
    store.load(SPACE, bytes(1), stamp, bytes(10, 11), TTL);
    store.load("other@12345678", bytes(1), stamp, bytes(20), TTL);
    store.flush();
    List<Optional<StoredEntity>> found =
        store.read(
            List.of(
                new Wanted("other@12345678", bytes(1)),
                new Wanted(SPACE, bytes(2)),
                new Wanted(SPACE, bytes(1))));
    assertThat(found.get(0).orElseThrow().value()).isEqualTo(StoredEntity.value(stamp, bytes(20)));
    assertThat(found.get(1)).isEmpty();
    assertThat(found.get(2).orElseThrow().stamp()).isEqualTo(stamp);
    assertThat(found.get(2).orElseThrow().value())
        .isEqualTo(StoredEntity.value(stamp, bytes(10, 11)));
  }

  @Test
  void noOlderStampTakesTheNewersPlaceWhicheverWayItIsSent() {
    List<Stamp> older = List.of(stamp(4, 9, 9), stamp(5, 5, 9), stamp(5, 6, 6));
    List<Stamp> notOlder = List.of(stamp(5, 6, 7), stamp(5, 6, 8), stamp(5, 7, 0), stamp(6, 0, 0));
    // A store that has found most entities there leaves out the plain command.
    for (boolean mostAreThere : new boolean[] {false, true}) {
      for (int i = 0; i < older.size() + notOlder.size(); i++) {
        boolean isOlder = i < older.size();
        store = redis.store();
        store.clear(SPACE);
        load(1, stamp(5, 6, 7), 1);
        store.flush();
        if (mostAreThere) {
          load(1, stamp(5, 6, 7), 1);
          store.flush();
        }
        load(1, isOlder ? older.get(i) : notOlder.get(i - older.size()), 2);
        store.flush();
        assertThat(tiles(1)).contains(isOlder ? 1 : 2);
        assertThat(store.leftNewer()).isEqualTo(isOlder ? 1 : 0);
        store.close();
      }
    }
  }

  @Test
  void aLogMadeAnewTakesThePlaceOfTheOld() {
    load(1, stamp(5, 6, 7), 1);
    store.flush();
    load(1, new Stamp(8, 0, 0, 0), 2);
    store.flush();
    assertThat(tiles(1)).contains(2);
    assertThat(store.leftNewer()).isZero();
  }

  @Test
  void whatAnotherReleaseWroteIsReplacedAndNotRead() {
    List<Wanted> wanted = List.of(new Wanted("s", bytes(1)));
    byte[] before = StoredEntity.value(stamp(9, 9, 9), bytes(4));
    before[0]--;
    try (Jedis jedis = redis.jedis()) {
      jedis.set(OnlineStore.key("s", bytes(1)), before);
    }
    assertThat(store.readBeginnings(wanted).get(0)).isEmpty();
    OnlineStore.Answer answer =
        store.read(List.of(), List.of(new Wanted("s", bytes(2)), wanted.get(0)));
    assertThat(answer.entity(0)).as("one that is not asked for hinders no other").isEmpty();
    assertThatThrownBy(() -> store.read(wanted))
        .hasMessage(
            "Cannot read an entity of s online: the store holds it in another form than this"
                + " release of Millrace reads. Materialise the view online with this release; a"
                + " stream does it when it is started again.");
    store.load("s", bytes(1), stamp(0, 0, 0), bytes(4), TTL);
    store.flush();
    assertThat(store.read(wanted).get(0)).isPresent();
  }

  @Test
  void numbersUpToTheLargestOfAStampAreInOrder() {
    long most = (1L << 53) - 1;
    load(1, stamp(most, most, most), 1);
    store.flush();
    load(1, stamp(most, most, most - 1), 2);
    load(1, stamp(most, most - 1, most), 3);
    load(1, stamp(-1, most, most), 4);
    store.flush();
    assertThat(tiles(1)).contains(1);
    assertThat(store.leftNewer()).isEqualTo(3);
  }

  @Test
  void flushesByItselfAndAllOfIt() throws InterruptedException {
    for (int i = 0; i < 1200; i++) {
      store.load(SPACE, bytes(i >> 8, i), stamp(1, 0, 0), bytes(1), TTL);
    }
    awaitEntities(1000);
    store.flush();
    assertThat(store.entities(SPACE)).isEqualTo(1200);
  }

  @Test
  void loadsOfManyBytesDoNotWaitForOthers() throws InterruptedException {
    byte[] large = new byte[9 << 20];
    store.load(SPACE, bytes(1), stamp(1, 0, 0), large, TTL);
    assertThat(store.entities(SPACE)).isZero();
    store.load(SPACE, bytes(2), stamp(1, 0, 0), large, TTL);
    awaitEntities(2);
  }

  /** Entities are sent while others are made. */
  private void awaitEntities(long count) throws InterruptedException {
    for (int i = 0; i < 500 && store.entities(SPACE) < count; i++) {
      Thread.sleep(20);
    }
    assertThat(store.entities(SPACE)).isEqualTo(count);
  }

  @Test
  void entitiesAreKeptForTheirTime() {
    load(1, stamp(1, 0, 0), 1);
    store.flush();
    load(1, stamp(2, 0, 0), 2);
    store.flush();
    load(2, stamp(1, 0, 0), 2);
    store.flush();
    Wanted changed = new Wanted(SPACE, bytes(2));
    store.change(
        List.of(whole(changed, store.read(List.of(changed)).get(0), stamp(2, 0, 0), 3)),
        Duration.ofHours(2));
    try (Jedis jedis = redis.jedis()) {
      for (byte entity = 1; entity <= 2; entity++) {
        long most = TTL.multipliedBy(entity).toMillis();
        assertThat(jedis.pttl(OnlineStore.key(SPACE, bytes(entity))))
            .isBetween(most - TTL.toMillis() / 2, most);
      }
    }
  }

  @Test
  void aSpaceIsEmptyUntilAnEntityIsThere() {
    store.load("spend@87654321", bytes(1), stamp(1, 0, 0), bytes(1), TTL);
    store.mark(SPACE, stamp(1, 0, 0));
    store.flush();
    assertThat(store.isEmpty(SPACE)).isTrue();
    load(1, stamp(1, 0, 0), 1);
    store.flush();
    assertThat(store.isEmpty(SPACE)).isFalse();
  }

  @Test
  void keysAreTextThatNamesTheirEntities() {
    String key =
        new String(OnlineStore.key(SPACE, bytes(-5, 239, 190, 0)), StandardCharsets.US_ASCII);
    assertThat(key).isEqualTo("millrace:" + SPACE + "/----AA");
    assertThat(OnlineStore.entityOf(SPACE, key)).isEqualTo(bytes(-5, 239, 190, 0));
    assertThat(OnlineStore.pattern(SPACE)).isEqualTo("millrace:" + SPACE + "/*");
  }

  @Test
  void aChangeIsMadeIfTheEntityIsWhatItWasMadeOf() {
    load(1, stamp(1, 0, 0), 1);
    load(2, stamp(1, 0, 0), 1);
    store.flush();
    List<Wanted> wanted =
        List.of(
            new Wanted(SPACE, bytes(1)),
            new Wanted(SPACE, bytes(2)),
            new Wanted(SPACE, bytes(3)),
            new Wanted(SPACE, bytes(4)));
    List<Optional<StoredEntity>> before = store.read(wanted);
    load(2, stamp(1, 0, 5), 2);
    load(4, stamp(1, 0, 5), 2);
    store.flush();
    List<Change> changes =
        java.util.stream.IntStream.range(0, 4)
            .mapToObj(i -> whole(wanted.get(i), before.get(i), stamp(2, 0, 0), 9))
            .toList();
    assertThat(store.change(changes, TTL)).containsExactly(true, false, true, false);
    assertThat(tiles(1)).contains(9);
    assertThat(tiles(2)).contains(2);
    assertThat(tiles(3)).contains(9);
    assertThat(tiles(4)).contains(2);
  }

  @Test
  void aChangeSentAgainIsFoundMade() {
    Wanted wanted = new Wanted(SPACE, bytes(1));
    List<Change> change = List.of(whole(wanted, Optional.empty(), stamp(1, 0, 0), 9));
    assertThat(store.change(change, TTL)).containsExactly(true);
    assertThat(store.change(change, TTL)).containsExactly(true);
    assertThat(store.change(List.of(whole(wanted, Optional.empty(), stamp(1, 0, 0), 8)), TTL))
        .containsExactly(false);
    assertThat(tiles(1)).contains(9);
  }

  @Test
  void aBeginningIsWrittenIfTheEntityIsWhatItWasMadeOf() {
    Wanted wanted = new Wanted(SPACE, bytes(1));
    byte[] large = new byte[5_000];
    large[large.length - 1] = 7;
    store.load(SPACE, bytes(1), stamp(1, 0, 0), large, Duration.ofSeconds(50));
    store.flush();
    byte[] beginning = StoredEntity.value(stamp(2, 0, 0), bytes(1, 2, 3));
    Change change = new Change(wanted, Optional.of(stamp(1, 0, 0)), beginning, false);
    assertThat(store.change(List.of(change), TTL)).containsExactly(true);
    assertThat(store.change(List.of(change), TTL)).as("sent again").containsExactly(true);
    StoredEntity changed = store.read(List.of(wanted)).get(0).orElseThrow();
    assertThat(changed.stamp()).isEqualTo(stamp(2, 0, 0));
    assertThat(changed.value()).startsWith(beginning).endsWith(0, 7).hasSize(34 + 5_000);
    try (Jedis jedis = redis.jedis()) {
      assertThat(jedis.pttl(OnlineStore.key(SPACE, bytes(1)))).isGreaterThan(50_000);
    }
    StoredEntity head = store.readBeginnings(List.of(wanted)).get(0).orElseThrow();
    assertThat(head.isWhole()).isFalse();
    assertThat(head.value()).hasSize(StoredEntity.BEGINNING).startsWith(beginning);

    byte[] other = StoredEntity.value(stamp(2, 0, 0), bytes(4));
    Change late = new Change(wanted, Optional.of(stamp(1, 0, 0)), other, false);
    assertThat(store.change(List.of(late), TTL)).as("of another").containsExactly(false);
    Change ofNone =
        new Change(new Wanted(SPACE, bytes(2)), Optional.of(stamp(1, 0, 0)), other, false);
    assertThat(store.change(List.of(ofNone), TTL)).as("that is gone").containsExactly(false);
    assertThat(store.entities(SPACE)).isEqualTo(1);
  }

  private static Change whole(Wanted of, Optional<StoredEntity> before, Stamp stamp, int... tiles) {
    byte[] value = StoredEntity.value(stamp, bytes(tiles));
    return new Change(of, before.map(StoredEntity::stamp), value, true);
  }

  @Test
  void sweepsOlderAndForeignEntitiesAlone() {
    load(1, stamp(1, 0, 0), 1);
    load(2, stamp(2, 0, 0), 1);
    load(3, stamp(3, 0, 0), 1);
    load(4, new Stamp(8, 9, 9, 9), 1);
    store.load("spend@87654321", bytes(1), stamp(1, 0, 0), bytes(1), TTL);
    store.flush();
    assertThat(store.sweep(SPACE, stamp(2, 0, 0))).isEqualTo(2);
    assertThat(tiles(1)).isEmpty();
    assertThat(tiles(2)).contains(1);
    assertThat(tiles(3)).contains(1);
    assertThat(tiles(4)).isEmpty();
    assertThat(store.entities(SPACE)).isEqualTo(2);
    assertThat(store.entities("spend@87654321")).isEqualTo(1);
  }

  @Test
  void aSpaceHasAMark() {
    assertThat(store.mark(SPACE)).isEmpty();
    store.mark(SPACE, stamp(1, 2, 3));
    assertThat(store.mark(SPACE)).contains(stamp(1, 2, 3));
    assertThat(store.entities(SPACE)).isZero();
  }

  @Test
  void readsTheChosenVersionWithTheEntities() {
    assertThat(store.current("spend")).isEmpty();
    store.choose("spend", "12345678");
    load(1, stamp(1, 0, 0), 1);
    store.flush();
    OnlineStore.Answer answer =
        store.read(
            List.of("spend", "other"),
            List.of(new Wanted(SPACE, bytes(1)), new Wanted(SPACE, bytes(2))));
    assertThat(answer.versions()).containsExactly(Optional.of("12345678"), Optional.empty());
    assertThat(answer.entity(0).orElseThrow().stamp()).isEqualTo(stamp(1, 0, 0));
    assertThat(answer.entity(1)).isEmpty();
    store.choose("spend", "87654321");
    assertThat(store.current("spend")).contains("87654321");
  }

  @Test
  void knowsTheVersionsOfAView() {
    assertThat(store.versions("spend")).isEmpty();
    load(1, stamp(1, 0, 0), 1);
    store.flush();
    assertThat(store.versions("spend")).isEmpty();
    store.mark(SPACE, stamp(1, 0, 5));
    store.mark("spend@87654321", stamp(1, 0, 6));
    store.mark("spend_more@11111111", stamp(1, 0, 7));
    store.choose("spend", "12345678");
    assertThat(store.versions("spend"))
        .containsExactly(
            Map.entry(SPACE.substring("spend@".length()), stamp(1, 0, 5)),
            Map.entry("87654321", stamp(1, 0, 6)));
  }

  @Test
  void clearsASpaceAndNoOther() {
    for (int i = 0; i < 2500; i++) {
      store.load(SPACE, bytes(i >> 8, i), stamp(1, 0, 0), bytes(1), TTL);
    }
    store.load("spend@87654321", bytes(1), stamp(1, 0, 0), bytes(1), TTL);
    store.flush();
    store.mark(SPACE, stamp(1, 0, 0));
    store.choose("spend", "12345678");
    store.clear(SPACE);
    assertThat(store.entities(SPACE)).isZero();
    assertThat(store.mark(SPACE)).isEmpty();
    assertThat(store.entities("spend@87654321")).isEqualTo(1);
    assertThat(store.current("spend")).contains("12345678");
  }

  @Test
  void keysMayHoldAnyBytes() {
    List<byte[]> keys =
        List.of(bytes(), bytes(0), bytes('*'), bytes('\n', '\r'), bytes(255, 254), bytes('{', '}'));
    for (int i = 0; i < keys.size(); i++) {
      store.load(SPACE, keys.get(i), stamp(1, 0, 0), bytes(i), TTL);
    }
    store.flush();
    List<Optional<StoredEntity>> found =
        store.read(keys.stream().map(key -> new Wanted(SPACE, key)).toList());
    for (int i = 0; i < keys.size(); i++) {
      assertThat(found.get(i).orElseThrow().value())
          .isEqualTo(StoredEntity.value(stamp(1, 0, 0), bytes(i)));
    }
    assertThat(store.entities(SPACE)).isEqualTo(keys.size());
    assertThat(store.sweep(SPACE, stamp(2, 0, 0))).isEqualTo(keys.size());
  }

  @Test
  void aServerThatForgotItsScriptsIsGivenThemAgain() {
    RedisSettings defaults = redis.settings();
    try (OnlineStore once =
        OnlineStore.connect(
            RedisSettings.of(
                "127.0.0.1", redis.port(), java.util.Map.of("retries", "0"), defaults))) {
      once.load(SPACE, bytes(1), stamp(1, 0, 0), bytes(1), TTL);
      once.flush();
      once.load(SPACE, bytes(1), stamp(2, 0, 0), bytes(2), TTL);
      once.flush();
      try (Jedis jedis = redis.jedis()) {
        jedis.scriptFlush();
      }
      once.load(SPACE, bytes(1), stamp(3, 0, 0), bytes(3), TTL);
      once.flush();
    }
    assertThat(tiles(1)).contains(3);
  }
}
