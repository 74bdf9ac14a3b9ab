package dev.millrace.transforms.window;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Makes a key's tiles from all its events in the order of time, as {@link TileLayout} wants them.
 * Who changes stored tiles later, for an event that came late, adds it to its leaves and to those
 * covering tiles that are there, and starts no covering tile.
 */
public final class TileWriter {
  /** Takes the bytes of finished tiles, of one level in the order of time. */
  public interface Out {
    void tile(long hop, long start, byte[] tile);
  }

  /** The open tile of one level. */
  private static final class Open {
    private final TileLevel level;
    private final long oldest;
    private final List<Open> covers = new ArrayList<>();
    private @Nullable Tile tile;
    private long start;

    /** How many kept tiles it stands for. */
    private int under;

    Open(TileLevel level, long end) {
      this.level = level;
      this.oldest = level.oldest(end);
    }
  }

  private final TileLayout layout;
  private final Open[] open;
  private final Out out;

  /**
   * A writer of the tiles that a reader at {@code end} or later needs.
   *
   * @param end in microseconds; every event is before it
   */
  public TileWriter(TileLayout layout, long end, Out out) {
    this.layout = layout;
    this.out = out;
    List<TileLevel> levels = layout.levels();
    this.open = levels.stream().map(level -> new Open(level, end)).toArray(Open[]::new);
    for (Open each : open) {
      if (!each.level.isLeaf()) {
        open[layout.under(each.level).index()].covers.add(each);
      }
    }
  }

  /** Takes in an event; {@code time} is in microseconds and not before any time seen. */
  public void add(long time, SpecializedGetters event) {
    for (Open each : open) {
      Tile tile = each.tile;
      if (tile == null || time - each.start >= each.level.hop()) {
        close(each);
        long start = Window.floor(time, each.level.hop());
        if (start < each.oldest) {
          continue;
        }
        tile = layout.empty(each.level.hop());
        each.tile = tile;
        each.start = start;
      }
      tile.add(event);
    }
  }

  /** Gives out what is still open, and is ready for the next key. */
  public void end() {
    for (Open each : open) {
      close(each);
    }
  }

  /** Closes finer levels first, so that a cover knows what it stands for. */
  private void close(Open each) {
    Tile tile = each.tile;
    boolean kept = tile != null && each.level.keeps(each.under);
    if (tile != null && kept) {
      out.tile(each.level.hop(), each.start, tile.encode());
    }
    if (tile != null) {
      for (Open cover : each.covers) {
        cover.under += kept ? 1 : each.under;
      }
    }
    each.tile = null;
    each.under = 0;
  }
}
