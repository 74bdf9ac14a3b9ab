package dev.millrace.transforms.window;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tiles that are stored of one key. Their bytes are decoded when they are first read. */
public final class TileSet {
  private static final NavigableMap<Long, Object> NONE = new TreeMap<>();

  private final TileLayout layout;
  private final Map<Long, NavigableMap<Long, Object>> tilesOfHop = new HashMap<>();

  TileSet(TileLayout layout) {
    this.layout = layout;
  }

  /** Puts a tile as it was encoded; {@code start} is the first microsecond of its hop. */
  public void put(long hop, long start, byte[] tile) {
    tiles(hop).put(start, tile);
  }

  public void put(long hop, long start, Tile tile) {
    tiles(hop).put(start, tile);
  }

  private NavigableMap<Long, Object> tiles(long hop) {
    return tilesOfHop.computeIfAbsent(hop, key -> new TreeMap<>());
  }

  /** The start of the first tile of a hop that starts at {@code from} or later, if any. */
  @Nullable Long next(long hop, long from) {
    return tilesOfHop.getOrDefault(hop, NONE).ceilingKey(from);
  }

  @Nullable Tile find(long hop, long start) {
    Object found = tilesOfHop.getOrDefault(hop, NONE).get(start);
    if (found instanceof byte[] bytes) {
      Tile tile = layout.decode(hop, bytes);
      put(hop, start, tile);
      return tile;
    }
    return (Tile) found;
  }
}
