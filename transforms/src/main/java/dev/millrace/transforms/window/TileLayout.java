package dev.millrace.transforms.window;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Which tiles are kept of a view's windows, and how values are merged from them. Tiles lie in
 * levels, one for each hop, and a tile of a level holds the distinct accumulators of the
 * aggregations that read the level, in the order of their names: windows over one input share
 * tiles, a sum, its average and its count one accumulator, and definitions that differ in the order
 * of their features alone have the same ones.
 *
 * <ul>
 *   <li><b>Leaves.</b> The hop of each window is a level, with a tile wherever there are events, as
 *       far back as the window reaches. An exact window's are of a microsecond, so of one event or
 *       of several at one time; a lifetime has one tile.
 *   <li><b>Covers.</b> Of one and five minutes, one and six hours and a day, those are levels too
 *       that are whole hops of a window and go into it at least twice; of an aggregation whose
 *       leaves reach as far back as the cover's, so that it can be made from them whenever it pays.
 *       A covering tile is kept only where it stands for four tiles or more, so those of one window
 *       add at most a third to its tiles. One that is not there says nothing: the reader takes the
 *       finer ones.
 *   <li><b>A reader</b> merges the fewest of the stored tiles that make up the window: from its
 *       start on, always the longest that lies whole in the rest of it. For an aggregation it uses
 *       other windows' leaves as covers where they hold it.
 * </ul>
 *
 * A window's value is the same bits as {@link SlidingWindows} gives, for times from the last event
 * on. Sessions are not kept as tiles: no tile says which of its events belong to a run that a late
 * event may yet join to another, and a run has no longest length to keep events for.
 */
public final class TileLayout {
  private static final int LEAST_IN_A_WINDOW = 2;

  /**
   * The hops of covers in microseconds, shortest first: each of few of the one before, so that few
   * are merged.
   */
  private static final List<Long> COVERS =
      Stream.of(1, 5, 60, 6 * 60, 24 * 60).map(minutes -> minutes * 60 * Window.SECOND).toList();

  private final List<WindowedAggregation> windows;
  private final List<WindowReading> readings;
  private final SortedMap<Long, TileLevel> levels = new TreeMap<>();
  private final List<TileLevel> inOrder;
  private final List<Long> hops;
  private final List<TilePart<?>> parts;

  /**
   * The layout for these windows.
   *
   * @throws MillraceException for a window that {@link #check} refuses
   */
  public TileLayout(List<WindowedAggregation> windows) {
    this.windows = List.copyOf(windows);
    List<TileValue> values = TileValue.all(windows);
    for (TileValue each : values) {
      each.of().requireWindow();
      check(each.of().call().toString(), each.of().window())
          .ifPresent(
              problem -> {
                throw new MillraceException(problem);
              });
      level(each.of().window().hop()).add(each);
    }
    COVERS.forEach(hop -> cover(hop, values));
    this.inOrder = List.copyOf(levels.values());
    this.hops = List.copyOf(levels.keySet());
    Map<String, TilePart<?>> distinct = new TreeMap<>();
    inOrder.forEach(
        level -> level.parts().forEach(part -> distinct.putIfAbsent(part.name(), part)));
    this.parts = List.copyOf(distinct.values());
    for (int level = 0; level < inOrder.size(); level++) {
      inOrder.get(level).place(level, parts);
    }
    this.readings = WindowReading.all(values, levels.values());
  }

  /** Why a feature's window cannot be kept as tiles, if it cannot. */
  public static Optional<Problem> check(String feature, Window window) {
    return window.isSession()
        ? Optional.of(
            new Problem(
                "Window '" + window.name() + "' of '" + feature + "' cannot be kept online",
                "a session has no longest length, and a late event may join two of them",
                "Use a window such as Window.hours(1), or leave the feature to a view that is not"
                    + " online"))
        : Optional.empty();
  }

  static boolean covers(long hop, Window window) {
    return !window.isLifetime() && hop > window.hop() && hop % window.hop() == 0;
  }

  /** Adds those that are covered by tiles of a hop; the finer levels are complete. */
  private void cover(long hop, List<TileValue> values) {
    List<TileValue> covered =
        values.stream()
            .filter(each -> covers(hop, each.of().window()))
            .filter(each -> LEAST_IN_A_WINDOW * hop <= each.of().window().length())
            .toList();
    boolean leaf = levels.containsKey(hop);
    long reach = covered.stream().mapToLong(each -> each.of().window().length()).max().orElse(0);
    for (TileValue each : covered) {
      if (leaf || leavesUnder(hop, reach, each.part()).isPresent()) {
        level(hop).add(each);
      }
    }
  }

  private TileLevel level(long hop) {
    return levels.computeIfAbsent(hop, TileLevel::new);
  }

  /** The hops of the levels in microseconds, shortest first. */
  public List<Long> hops() {
    return hops;
  }

  /** The levels, shortest hop first. */
  List<TileLevel> levels() {
    return inOrder;
  }

  /** The coarsest level under covers, whose tiles they stand for. */
  TileLevel under(TileLevel covers) {
    return coarsest(level -> level.isUnder(covers.hop(), covers.reach())).orElseThrow();
  }

  /** The coarsest leaves under covers that hold an accumulator. */
  TileLevel leavesUnder(TileLevel covers, TilePart<?> part) {
    return leavesUnder(covers.hop(), covers.reach(), part).orElseThrow();
  }

  private Optional<TileLevel> leavesUnder(long hop, long reach, TilePart<?> part) {
    return coarsest(
        level -> level.isLeaf() && level.isUnder(hop, reach) && level.indexOf(part) >= 0);
  }

  private Optional<TileLevel> coarsest(Predicate<TileLevel> of) {
    return levels.values().stream().filter(of).reduce((finer, coarser) -> coarser);
  }

  /** The tile of no events. */
  public Tile empty(long hop) {
    return new Tile(known(hop).parts());
  }

  /** Reads what {@link Tile#encode} wrote for this hop of an equal layout. */
  public Tile decode(long hop, byte[] bytes) {
    return new Tile(known(hop).parts(), bytes);
  }

  List<TilePart<?>> parts(long hop) {
    return known(hop).parts();
  }

  Tile decode(long hop, byte[] bytes, int from, int end) {
    return new Tile(known(hop).parts(), new ByteReader(bytes, "tile", from, end));
  }

  /** No tiles, to which those of events are added. */
  public PackedTiles none() {
    return packed(new byte[] {0}, 0);
  }

  /** The tiles that {@link TileSet#pack} wrote, from a place in the bytes on. */
  public PackedTiles packed(byte[] bytes, int from) {
    return packed(bytes, from, bytes.length);
  }

  /** The tiles that {@link TileSet#pack} wrote, from one place in the bytes to before another. */
  public PackedTiles packed(byte[] bytes, int from, int end) {
    return new PackedTiles(this, bytes, from, end);
  }

  /** No tiles yet, to be filled with what is stored of a key. */
  public TileSet tiles() {
    return new TileSet(this, Long.MIN_VALUE);
  }

  /**
   * The value of every window at a time, in the order of the definition.
   *
   * @param time in microseconds; tiles from it on are left out
   */
  public List<@Nullable Object> present(long time, StoredTiles tiles) {
    return present(time, List.of(tiles));
  }

  /**
   * The same of events that are in several pieces, each of them in one.
   *
   * @param pieces each with the leaves of its events
   */
  public List<@Nullable Object> present(long time, List<? extends StoredTiles> pieces) {
    @Nullable Object[] values = new Object[windows.size()];
    for (WindowReading reading : readings) {
      reading.present(time, pieces, values);
    }
    return Arrays.asList(values);
  }

  /** Whether no window at a time holds a tile, so that nothing is known of the key then. */
  public boolean isEmpty(long time, StoredTiles tiles) {
    for (WindowReading reading : readings) {
      if (reading.isEmpty(time, tiles)) {
        continue;
      }
      return false;
    }
    return true;
  }

  /** The hops of the tiles that a window is merged from at a time, oldest first. */
  List<Long> cover(WindowedAggregation of, long time, StoredTiles tiles) {
    return readings.stream()
        .filter(reading -> reading.reads(of))
        .findFirst()
        .orElseThrow()
        .cover(time, tiles);
  }

  private TileLevel known(long hop) {
    return inOrder.get(levelOf(hop));
  }

  /** The place of a hop's level among the levels. */
  int levelOf(long hop) {
    for (int level = 0; level < inOrder.size(); level++) {
      if (inOrder.get(level).hop() == hop) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        "no tiles of hop " + hop + " microseconds: there are " + hops());
  }

  /**
   * The bytes of each distinct accumulator of one event, in one piece.
   *
   * @param ends takes where each ends
   */
  byte[] alone(SpecializedGetters event, int[] ends) {
    ByteWriter out = new ByteWriter();
    for (int part = 0; part < ends.length; part++) {
      parts.get(part).encodeOne(event, out);
      ends[part] = out.size();
    }
    return out.toBytes();
  }

  /** How many distinct accumulators there are. */
  int parts() {
    return parts.size();
  }
}
