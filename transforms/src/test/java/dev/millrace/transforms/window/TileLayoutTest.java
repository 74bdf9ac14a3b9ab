package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.window.Purchases.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TileLayoutTest {
  private static final Window SHORT = new Window("short", 12, 4);
  private static final Window LONG = new Window("long", 40, 4);
  private static final Window DAY = new Window("day", 24, 12);

  @Test
  void givesWhatSlidingWindowsGiveAtEveryHop() {
    List<WindowedAggregation> all = Purchases.everythingOver(SHORT, LONG, DAY);
    TileLayout layout = new TileLayout(all);
    Random random = new Random(1);
    for (int key = 0; key < 40; key++) {
      List<Event> events = events(random, -30);
      SortedMap<Long, SortedMap<Long, TileLayout.Tile>> tiles = stored(layout, events, random);
      for (long time = -36; time < 120; time += 12) {
        assertThat(Purchases.comparable(layout.present(time, tiles)))
            .isEqualTo(Purchases.comparable(sliding(all, events, time)));
      }
    }
  }

  @Test
  void givesWhatSlidingWindowsGiveAtAnyTimeAfterTheLastEvent() {
    List<WindowedAggregation> all =
        Purchases.everythingOver(SHORT, new Window("odd", 10, 3), Window.lifetime());
    TileLayout layout = new TileLayout(all);
    Random random = new Random(2);
    for (int key = 0; key < 40; key++) {
      List<Event> events = events(random, key % 2 == 0 ? -2_208_988_800_000_000L : 0);
      SortedMap<Long, SortedMap<Long, TileLayout.Tile>> tiles = stored(layout, events, random);
      long last = events.get(events.size() - 1).time();
      for (long time = last + 1; time < last + 20; time++) {
        assertThat(Purchases.comparable(layout.present(time, tiles)))
            .isEqualTo(Purchases.comparable(sliding(all, events, time)));
      }
    }
  }

  @Test
  void theSameEventsGiveTheSameTileBytes() {
    TileLayout layout = new TileLayout(Purchases.everythingOver(SHORT));
    List<Event> events = events(new Random(3), 0);
    List<byte[]> first = bytes(stored(layout, events, new Random(4)));
    Collections.shuffle(events, new Random(5));
    assertThat(bytes(stored(layout, events, new Random(6))))
        .usingRecursiveComparison()
        .isEqualTo(first);
  }

  @Test
  void windowsOfEqualHopShareAPart() {
    TileLayout one = counting(SHORT);
    TileLayout two = counting(SHORT, LONG);
    assertThat(two.hops()).containsExactly(4L);
    assertThat(one.empty(4).encode()).hasSize(1);
    assertThat(two.empty(4).encode()).hasSize(1);
    assertThat(counting(SHORT, DAY).hops()).containsExactly(4L, 12L);
    TileLayout.Tile tile = two.empty(4);
    tile.add(Purchases.event(9, 1.0, 1L, "a").row());
    SortedMap<Long, SortedMap<Long, TileLayout.Tile>> tiles = new TreeMap<>();
    tiles.put(4L, new TreeMap<>(Collections.singletonMap(8L, tile)));
    assertThat(two.present(24, tiles)).containsExactly(0L, 1L);
  }

  @Test
  void knowsHowFarBackEachHopIsRead() {
    TileLayout layout = counting(SHORT, LONG, DAY);
    assertThat(layout.reach(4)).isEqualTo(40);
    assertThat(layout.reach(12)).isEqualTo(24);
  }

  @Test
  void noTilesAreNoEvents() {
    List<WindowedAggregation> all = Purchases.everythingOver(SHORT, DAY);
    TileLayout layout = new TileLayout(all);
    List<@Nullable Object> nothing = Purchases.naively(all, List.of(), 0);
    assertThat(Purchases.comparable(layout.present(0, new TreeMap<>())))
        .isEqualTo(Purchases.comparable(nothing));
    SortedMap<Long, SortedMap<Long, TileLayout.Tile>> empty = new TreeMap<>();
    empty.put(4L, new TreeMap<>(Collections.singletonMap(-4L, layout.empty(4))));
    assertThat(Purchases.comparable(layout.present(0, empty)))
        .isEqualTo(Purchases.comparable(nothing));
  }

  @Test
  void refusesBytesThatAreNotATile() {
    TileLayout layout = new TileLayout(Purchases.everythingOver(SHORT));
    TileLayout.Tile tile = layout.empty(4);
    tile.add(Purchases.event(9, 1.5, 1L, "a").row());
    byte[] good = tile.encode();
    assertThatThrownBy(() -> layout.decode(4, Arrays.copyOf(good, good.length + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot decode a tile from %d bytes: more follows where they should end (at byte %d). Were they written by encode()?"
                .formatted(good.length + 1, good.length));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> layout.decode(4, cut))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("they end too early");
    }
  }

  @Test
  void refusesAHopThatItDoesNotHave() {
    assertThatThrownBy(() -> counting(SHORT, DAY).empty(5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no tiles of hop 5 microseconds: there are [4, 12]");
  }

  /** Tiles as a store holds them: written in parts, encoded, read back and merged. */
  private static SortedMap<Long, SortedMap<Long, TileLayout.Tile>> stored(
      TileLayout layout, List<Event> events, Random random) {
    SortedMap<Long, SortedMap<Long, TileLayout.Tile>> tiles = new TreeMap<>();
    for (long hop : layout.hops()) {
      SortedMap<Long, TileLayout.Tile> ofHop = new TreeMap<>();
      List<Event> rest = new ArrayList<>(events);
      while (!rest.isEmpty()) {
        List<Event> batch = rest.subList(0, 1 + random.nextInt(rest.size()));
        written(layout, hop, batch)
            .forEach(
                (start, bytes) ->
                    ofHop
                        .computeIfAbsent(start, none -> layout.empty(hop))
                        .merge(layout.decode(hop, bytes)));
        batch.clear();
      }
      ofHop.replaceAll((start, tile) -> layout.decode(hop, tile.encode()));
      tiles.put(hop, ofHop);
    }
    return tiles;
  }

  private static SortedMap<Long, byte[]> written(TileLayout layout, long hop, List<Event> batch) {
    SortedMap<Long, TileLayout.Tile> tiles = new TreeMap<>();
    for (Event event : batch) {
      tiles
          .computeIfAbsent(Window.floor(event.time(), hop), start -> layout.empty(hop))
          .add(event.row());
    }
    SortedMap<Long, byte[]> bytes = new TreeMap<>();
    tiles.forEach((start, tile) -> bytes.put(start, tile.encode()));
    return bytes;
  }

  private static List<byte[]> bytes(SortedMap<Long, SortedMap<Long, TileLayout.Tile>> tiles) {
    return tiles.values().stream()
        .flatMap(ofHop -> ofHop.values().stream())
        .map(TileLayout.Tile::encode)
        .toList();
  }

  private static List<@Nullable Object> sliding(
      List<WindowedAggregation> all, List<Event> events, long time) {
    SlidingWindows sliding = new SlidingWindows(all);
    for (Event event : events) {
      if (event.time() < time) {
        sliding.add(event.time(), event.row());
      }
    }
    @Nullable Object[] values = new @Nullable Object[all.size()];
    sliding.present(time, values, 0);
    return Arrays.asList(values);
  }

  private static List<Event> events(Random random, long from) {
    List<Event> events = new ArrayList<>();
    long time = from;
    for (int i = 0; i < 25; i++) {
      time += random.nextInt(6) == 0 ? 20 : random.nextInt(4);
      events.add(Purchases.event(time, random));
    }
    return events;
  }

  private static TileLayout counting(Window... windows) {
    return new TileLayout(
        Arrays.stream(windows)
            .map(window -> Purchases.over(window, Aggregations.count("items"), 1))
            .toList());
  }
}
