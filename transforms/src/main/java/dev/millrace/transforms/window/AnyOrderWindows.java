package dev.millrace.transforms.window;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Windows of events that become known in another order than they happened in. Events go into tiles
 * whatever their order, and values are merged from the few tiles that make up a window, as those of
 * the online store are: an event costs an addition a level of tiles, and a value some merges, where
 * {@link SlidingWindows} needs none. Tiles that no window reaches any more are dropped.
 */
final class AnyOrderWindows implements KeyWindows {
  private final StructType types;
  private final TileLayout layout;
  private TileSet tiles;
  private long asked;

  AnyOrderWindows(List<WindowedAggregation> windows) {
    this.types = KeyWindows.types(windows);
    this.layout = new TileLayout(windows);
    this.tiles = layout.tiles();
  }

  @Override
  public InternalRow row() {
    return new SpecificInternalRow(types);
  }

  @Override
  public void clear() {
    tiles = layout.tiles();
  }

  @Override
  public void add(long time, SpecializedGetters event) {
    tiles.add(time, event);
  }

  @Override
  public void present(long time, InternalRow into, int offset) {
    asked = time;
    tiles.dropUnreached(time);
    List<@Nullable Object> values = layout.present(time, tiles);
    for (int i = 0; i < values.size(); i++) {
      Places.put(values.get(i), into, offset + i);
    }
  }

  @Override
  public boolean isEmpty() {
    return layout.isEmpty(asked, tiles);
  }
}
