package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TileLayoutTest {
  private static final long MINUTE = 60 * Window.SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private static TileSet write(
      TileLayout layout, List<NaiveWindows.Event> events, long end, AtomicInteger written) {
    TileSet tiles = layout.tiles();
    TileWriter writer =
        new TileWriter(
            layout,
            end,
            (hop, start, tile) -> {
              tiles.put(hop, start, tile);
              written.incrementAndGet();
            });
    events.forEach(event -> writer.add(event.time(), event.row()));
    writer.end();
    return tiles;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void tilesGiveTheBitsOfSlidingWindowsFromTheLastEventOn(long seed) {
    Random random = new Random(seed);
    List<WindowedAggregation> windows =
        RandomEvents.over(
            List.of(
                Window.hours(1),
                Window.hours(24),
                Window.days(7),
                Window.days(3).withHop(Duration.ofMinutes(10)),
                Window.hours(5).withHop(Duration.ofMinutes(7)),
                Window.hours(6).exact(),
                Window.lifetime()));
    if (seed % 2 == 0) {
      // Sums, averages and counts of one input over windows of their own.
      windows.removeIf(each -> random.nextInt(3) == 0);
    }
    TileLayout layout = new TileLayout(windows);
    long step = MINUTE * (1 + random.nextInt(30));
    List<NaiveWindows.Event> events = RandomEvents.draw(random, 1500, 1_700_000_000_000_000L, step);
    long last = events.get(events.size() - 1).time() + 1;
    TileSet tiles = write(layout, events, last, new AtomicInteger());
    SlidingWindows sliding = new SlidingWindows(windows);
    events.forEach(event -> sliding.add(event.time(), event.row()));
    long time = last;
    for (int i = 0; i < 60; i++) {
      Object[] values = new Object[windows.size()];
      sliding.present(time, new GenericInternalRow(values), 0);
      assertThat(layout.present(time, tiles)).as("at %s", time).containsExactly(values);
      time += (long) (random.nextDouble() * 4 * HOUR);
      if (random.nextBoolean()) {
        time = Window.floor(time, random.nextBoolean() ? HOUR : 10 * MINUTE) + HOUR;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void batchesMergedInAnyOrderAreTheTilesOfAllEvents(long seed) {
    Random random = new Random(seed);
    List<WindowedAggregation> windows =
        RandomEvents.over(
            List.of(
                Window.hours(1),
                Window.days(7).withHop(Duration.ofMinutes(1)),
                Window.hours(6).exact(),
                Window.lifetime()));
    TileLayout layout = new TileLayout(windows);
    List<NaiveWindows.Event> events =
        RandomEvents.draw(random, 600, 1_700_000_000_000_000L, 5 * MINUTE);
    long end = events.get(events.size() - 1).time() + 1;
    List<NaiveWindows.Event> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, random);
    TileSet merged = layout.tiles();
    for (int from = 0; from < shuffled.size(); from += 150) {
      TileSet batch = layout.tiles();
      shuffled.subList(from, from + 150).forEach(event -> batch.add(event.time(), event.row()));
      merged.merge(batch);
    }
    List<String> wanted = new ArrayList<>();
    TileWriter writer = new TileWriter(layout, end, collect(wanted));
    events.forEach(event -> writer.add(event.time(), event.row()));
    writer.end();
    List<String> given = new ArrayList<>();
    merged.giveOut(end, collect(given));
    assertThat(given).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(layout.isEmpty(end, merged)).isFalse();
    assertThat(layout.isEmpty(end, layout.tiles())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void batchesAddedToPackedTilesGiveThoseOfAllEvents(long seed) {
    Random random = new Random(seed);
    List<WindowedAggregation> windows =
        RandomEvents.over(
            List.of(
                Window.hours(1),
                Window.hours(24),
                Window.days(7).withHop(Duration.ofMinutes(1)),
                Window.hours(6).exact(),
                Window.lifetime()));
    TileLayout layout = new TileLayout(windows);
    List<NaiveWindows.Event> arriving =
        RandomEvents.draw(random, 600, 1_700_000_000_000_000L, 20 * MINUTE);
    for (int i = 0; i < 100; i++) {
      Collections.swap(arriving, random.nextInt(arriving.size()), random.nextInt(arriving.size()));
    }
    TileSet all = layout.tiles();
    byte[] stored = layout.tiles().pack();
    assertThat(layout.none().toSet().pack()).isEqualTo(stored);
    long end = Long.MIN_VALUE;
    for (int from = 0; from < arriving.size(); ) {
      int to = Math.min(arriving.size(), from + 1 + random.nextInt(40));
      TileSet batch = layout.tiles();
      for (NaiveWindows.Event event : arriving.subList(from, to)) {
        batch.add(event.time(), event.row());
        all.add(event.time(), event.row());
        end = Math.max(end, event.time() + 1);
      }
      stored = layout.packed(stored, 0).with(batch, end);
      from = to;
    }
    TileSet wanted = layout.tiles();
    all.giveOut(end, wanted::put);
    assertThat(stored).isEqualTo(wanted.pack());
    byte[] behindFive = new byte[stored.length + 5];
    System.arraycopy(stored, 0, behindFive, 5, stored.length);
    long later = end + random.nextInt(1000) * MINUTE;
    assertThat(layout.present(later, layout.packed(behindFive, 5)))
        .isEqualTo(layout.present(later, wanted));
  }

  /** Windows whose hops are not whole hops of each other's, or that reach back less far. */
  static List<Arguments> windowsBesideEachOther() {
    List<List<Window>> all =
        List.of(
            List.of(Window.hours(1).withHop(Duration.ofMinutes(10)), Window.days(2)),
            List.of(Window.hours(12).withHop(Duration.ofMinutes(30)), Window.days(2)),
            List.of(Window.hours(3).withHop(Duration.ofMinutes(45)), Window.hours(24)),
            List.of(Window.hours(24).withHop(Duration.ofHours(4)), Window.days(3)),
            List.of(Window.days(3).withHop(Duration.ofHours(8)), Window.days(7)),
            List.of(
                Window.hours(4).withHop(Duration.ofMinutes(1)),
                Window.days(2).withHop(Duration.ofMinutes(4))),
            List.of(
                Window.days(2).withHop(Duration.ofMinutes(4)),
                Window.days(2).withHop(Duration.ofMinutes(10))));
    List<Arguments> arguments = new ArrayList<>();
    for (List<Window> windows : all) {
      for (long seed = 1; seed <= 3; seed++) {
        arguments.add(Arguments.of(windows, true, seed));
        arguments.add(Arguments.of(windows, false, seed));
      }
    }
    return arguments;
  }

  /**
   * Batches in which events come late, after much of what the stored tiles were made of has been
   * left away: the bytes are those of a load, and values those of all events.
   *
   * @param shared whether each window has every aggregation, or they take turns
   */
  @ParameterizedTest
  @MethodSource("windowsBesideEachOther")
  void lateEventsGiveTheTilesOfALoad(List<Window> windows, boolean shared, long seed) {
    Random random = new Random(seed);
    List<WindowedAggregation> all = RandomEvents.over(windows);
    if (!shared) {
      List<String> calls = all.stream().map(each -> each.call().toString()).distinct().toList();
      all.removeIf(
          each ->
              calls.indexOf(each.call().toString()) % windows.size()
                  != windows.indexOf(each.window()));
    }
    TileLayout layout = new TileLayout(all);
    List<NaiveWindows.Event> arriving =
        RandomEvents.draw(random, 1200, 1_700_000_000_000_000L, 8 * MINUTE);
    for (int i = 0; i < 400; i++) {
      int at = random.nextInt(arriving.size());
      int later = Math.min(arriving.size() - 1, at + random.nextInt(400));
      arriving.add(later, arriving.remove(at));
    }
    List<NaiveWindows.Event> known = new ArrayList<>();
    byte[] stored = layout.tiles().pack();
    long end = Long.MIN_VALUE;
    while (known.size() < arriving.size()) {
      TileSet batch = layout.tiles();
      int to = Math.min(arriving.size(), known.size() + 1 + random.nextInt(80));
      for (NaiveWindows.Event event : arriving.subList(known.size(), to)) {
        batch.add(event.time(), event.row());
        end = Math.max(end, event.time() + 1);
      }
      stored = layout.packed(stored, 0).with(batch, end);
      known = arriving.subList(0, to);
      List<NaiveWindows.Event> inOrder = new ArrayList<>(known);
      inOrder.sort(Comparator.comparingLong(NaiveWindows.Event::time));
      TileSet loaded = write(layout, inOrder, end, new AtomicInteger());
      long time = end + random.nextInt(60) * MINUTE;
      for (int i = 0; i < all.size(); i++) {
        assertThat(layout.present(time, layout.packed(stored, 0)).get(i))
            .as("%s at %s", all.get(i).call() + " over " + all.get(i).window(), time)
            .isEqualTo(NaiveWindows.value(all.get(i), inOrder, time));
      }
      assertThat(stored).isEqualTo(loaded.pack());
      TileSet gathered = layout.tiles();
      known.forEach(event -> gathered.add(event.time(), event.row()));
      TileSet given = layout.tiles();
      gathered.giveOut(end, given::put);
      assertThat(given.pack()).isEqualTo(stored);
    }
  }

  @Test
  void aPackThatIsCutOrLongerIsRefused() {
    TileLayout layout = new TileLayout(RandomEvents.over(List.of(Window.hours(1))));
    TileSet tiles = layout.tiles();
    RandomEvents.draw(new Random(1), 20, 0, MINUTE)
        .forEach(event -> tiles.add(event.time(), event.row()));
    byte[] pack = tiles.pack();
    for (int length = 0; length < pack.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(pack, length);
      assertThatThrownBy(() -> layout.packed(cut, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Cannot decode a pack of tiles");
    }
    assertThatThrownBy(() -> layout.packed(java.util.Arrays.copyOf(pack, pack.length + 1), 0))
        .hasMessageContaining("the tiles take ");
  }

  private static TileWriter.Out collect(List<String> tiles) {
    return (hop, start, tile) ->
        tiles.add(hop + " " + start + " " + HexFormat.of().formatHex(tile));
  }

  @Test
  void wholeHoursQuartersOfDaysAndDaysAreReadAsOneTile() {
    List<WindowedAggregation> windows =
        RandomEvents.over(List.of(Window.days(7).withHop(Duration.ofMinutes(1)))).subList(0, 1);
    TileLayout layout = new TileLayout(windows);
    assertThat(layout.hops()).containsExactly(MINUTE, 5 * MINUTE, HOUR, 6 * HOUR, DAY);
    List<NaiveWindows.Event> events =
        RandomEvents.draw(new Random(1), 80_000, 20_000 * DAY, MINUTE / 6);
    long end = 20_007 * DAY + 13 * HOUR + 7 * MINUTE;
    List<NaiveWindows.Event> before = events.stream().filter(event -> event.time() < end).toList();
    TileSet tiles = write(layout, before, end, new AtomicInteger());
    // The window starts at 13:07: to 13:10, 14:00, 18:00, midnight; six days; to 12:00, 13:00,
    // 13:07.
    int tail = 3 + 10 + 4 + 1;
    int head = 2 + 1 + 1 + 2;
    assertThat(layout.cover(windows.get(0), end, tiles)).hasSize(tail + 6 + head);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 30, 1000})
  void coversAddAtMostAThird(int minutesApart) {
    List<WindowedAggregation> windows =
        RandomEvents.over(List.of(Window.days(7).withHop(Duration.ofMinutes(1)))).subList(0, 1);
    List<NaiveWindows.Event> events =
        RandomEvents.draw(new Random(2), 5000, 20_000 * DAY, minutesApart * MINUTE);
    long end = events.get(events.size() - 1).time() + 1;
    AtomicInteger written = new AtomicInteger();
    write(new TileLayout(windows), events, end, written);
    long leaves =
        NaiveWindows.inWindow(windows.get(0).window(), events, end).stream()
            .map(event -> Window.floor(event.time(), MINUTE))
            .distinct()
            .count();
    assertThat((long) written.get()).isBetween(leaves, leaves * 4 / 3 + 1);
  }

  @Test
  void aSumItsAverageAndItsCountAreOneAccumulator() {
    List<WindowedAggregation> doubles = RandomEvents.over(List.of(Window.hours(1))).subList(0, 5);
    TileLayout layout = new TileLayout(doubles);
    assertThat(layout.parts(MINUTE).stream().map(TilePart::name))
        .containsExactly("max(d)", "min(d)", "sum(d)");
    List<WindowedAggregation> countedLonger =
        new ArrayList<>(RandomEvents.over(List.of(Window.hours(1))).subList(0, 1));
    countedLonger.addAll(
        RandomEvents.over(List.of(Window.hours(1), Window.hours(24))).stream()
            .filter(each -> each.call().toString().equals("count(d)"))
            .toList());
    assertThat(new TileLayout(countedLonger).parts(MINUTE).stream().map(TilePart::name))
        .containsExactly("count(d)", "sum(d)");
  }

  @Test
  void aSessionIsNotKeptAsTiles() {
    List<WindowedAggregation> windows =
        RandomEvents.over(List.of(Window.session(Duration.ofMinutes(30))));
    assertThatThrownBy(() -> new TileLayout(windows))
        .hasMessage(
            "Window 'session_30m' of 'sum(d)' cannot be kept online: a session has no longest "
                + "length, and a late event may join two of them. Use a window such as "
                + "Window.hours(1), or leave the feature to a view that is not online.");
  }
}
