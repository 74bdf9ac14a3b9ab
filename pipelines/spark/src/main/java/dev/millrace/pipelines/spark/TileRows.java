package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;

/** Rows of a key and a tile. */
final class TileRows {
  private TileRows() {}

  /**
   * The row of a tile.
   *
   * @param end from when on the key can be read, in microseconds; told where tiles are of all
   *     events
   */
  static InternalRow of(
      InternalRow key, Emit.Tiles emit, long hop, long start, byte[] tile, long end) {
    Object[] columns =
        emit.isOpen() ? new Object[] {hop, start, tile, end} : new Object[] {hop, start, tile};
    return new JoinedRow(key, new GenericInternalRow(columns));
  }
}
