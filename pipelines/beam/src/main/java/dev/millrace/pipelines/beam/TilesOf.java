package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.PackedTiles;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * The tiles of rows, which come in any order and any parts: the shared accumulators with their own
 * bytes. Rows hold a time, where they have one, and the inputs.
 */
final class TilesOf extends Combine.CombineFn<UnsafeRow, TileSet, byte[]> {
  private static final long serialVersionUID = 1L;

  private final ArrayList<WindowedAggregation> windows;
  private final int time;
  private final long end;
  private final boolean isOpen;
  private transient @Nullable TileLayout layout;

  private TilesOf(List<WindowedAggregation> windows, int time, long end, boolean isOpen) {
    this.windows = new ArrayList<>(windows);
    this.time = time;
    this.end = end;
    this.isOpen = isOpen;
  }

  /**
   * Tiles of events before a time.
   *
   * @param time where the event time stands; the last time that does not see it stands next to it
   */
  static TilesOf events(List<WindowedAggregation> windows, int time, long end) {
    return new TilesOf(windows, time, end, false);
  }

  /** The tiles that are asked for. */
  static TilesOf events(List<WindowedAggregation> windows, int time, Emit.Tiles emit) {
    return new TilesOf(windows, time, Micros.of(emit.end()), emit.isOpen());
  }

  /** One tile of all rows, whatever their time. */
  static TilesOf all(List<WindowedAggregation> windows) {
    return new TilesOf(windows, -1, Long.MAX_VALUE, false);
  }

  /** The tiles of what is given out. */
  static PackedTiles tiles(TileLayout layout, byte[] out) {
    return layout.packed(out, Long.BYTES);
  }

  /** The microsecond after the last event of what is given out. */
  static long end(byte[] out) {
    return ByteBuffer.wrap(out).getLong();
  }

  private TileLayout layout() {
    if (layout == null) {
      layout = new TileLayout(windows);
    }
    return layout;
  }

  @Override
  public TileSet createAccumulator() {
    return layout().tiles();
  }

  @Override
  public TileSet addInput(TileSet tiles, UnsafeRow row) {
    if (time < 0) {
      tiles.add(0, row);
    } else if (isOpen || row.getLong(time + 1) < end) {
      tiles.add(row.getLong(time), row);
    }
    return tiles;
  }

  @Override
  public TileSet mergeAccumulators(Iterable<TileSet> parts) {
    TileSet all = layout().tiles();
    parts.forEach(all::merge);
    return all;
  }

  @Override
  public byte[] extractOutput(TileSet tiles) {
    byte[] packed = tiles.pack();
    return ByteBuffer.allocate(Long.BYTES + packed.length).putLong(tiles.end()).put(packed).array();
  }

  @Override
  public Coder<TileSet> getAccumulatorCoder(CoderRegistry registry, Coder<UnsafeRow> input) {
    return new TilesCoder(windows);
  }

  @Override
  public Coder<byte[]> getDefaultOutputCoder(CoderRegistry registry, Coder<UnsafeRow> input) {
    return ByteArrayCoder.of();
  }

  /** Tiles as the stores keep them, after the microsecond after their last event. */
  static final class TilesCoder extends CustomCoder<TileSet> {
    private static final long serialVersionUID = 1L;
    private static final Coder<Long> END = BigEndianLongCoder.of();
    private static final Coder<byte[]> BYTES = ByteArrayCoder.of();

    private final ArrayList<WindowedAggregation> windows;
    private transient @Nullable TileLayout layout;

    TilesCoder(List<WindowedAggregation> windows) {
      this.windows = new ArrayList<>(windows);
    }

    @Override
    public void encode(TileSet tiles, OutputStream out) throws IOException {
      END.encode(tiles.end(), out);
      BYTES.encode(tiles.pack(), out);
    }

    @Override
    public TileSet decode(InputStream in) throws IOException {
      TileLayout ours = layout;
      if (ours == null) {
        ours = new TileLayout(windows);
        layout = ours;
      }
      long end = END.decode(in);
      return ours.packed(BYTES.decode(in), 0).toSet(end);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof TilesCoder coder && coder.windows.equals(windows);
    }

    @Override
    public int hashCode() {
      return windows.hashCode();
    }
  }
}
