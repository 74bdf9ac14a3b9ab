package dev.millrace.pipelines.stores;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.window.PackedTiles;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.util.List;
import java.util.Optional;

/**
 * An entity as it is stored:
 *
 * <pre>
 *   stamp      what all its tiles are of
 *   room       how many bytes follow for tiles of later events; 0 where a change writes all anew
 *   later      the length of those tiles and the tiles; then what was there before, up to the room
 *   tiles      of the events before
 * </pre>
 *
 * An event is in one of the two. So a change of a large entity writes its beginning alone, until
 * the room is full; then the tiles are merged into the others.
 *
 * @param value all of it, or its first {@link #BEGINNING} bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredEntity(Stamp stamp, byte[] value) {
  /** As much of an entity as a change reads at first. */
  public static final int BEGINNING = 4_096;

  private static final int LARGE = 4_096;
  private static final int TILES_TO_ROOM = 8;
  private static final int MOST_HEADER = Stamp.SIZE + 2 * 2;

  /** A value without room. */
  static byte[] value(Stamp stamp, byte[] tiles) {
    return value(stamp, tiles, 0);
  }

  /** A value with room for later events, if it is large. */
  public static byte[] valueWithRoom(Stamp stamp, byte[] tiles) {
    int room = Math.min(tiles.length / TILES_TO_ROOM, BEGINNING - MOST_HEADER);
    return value(stamp, tiles, tiles.length < LARGE ? 0 : room);
  }

  private static byte[] value(Stamp stamp, byte[] tiles, int room) {
    ByteWriter out = new ByteWriter();
    byte[] header = stamp.encode();
    out.writeRaw(header, 0, header.length);
    out.writeUnsigned(room);
    out.writeRaw(new byte[room], 0, room);
    out.writeRaw(tiles, 0, tiles.length);
    return out.toBytes();
  }

  /** Whether this has all of the value, and not its beginning alone. */
  public boolean isWhole() {
    return value.length != BEGINNING;
  }

  /**
   * The tiles in up to two pieces, those of the later events last. Not of a beginning.
   *
   * @throws IllegalArgumentException where the bytes are others
   */
  public List<PackedTiles> tiles(TileLayout layout) {
    ByteReader in = afterStamp();
    int room = in.readSize();
    int tiles = in.at() + room;
    PackedTiles before = layout.packed(value, tiles);
    if (room == 0) {
      return List.of(before);
    }
    int length = in.readSize();
    return length == 0
        ? List.of(before)
        : List.of(before, layout.packed(value, in.at(), in.at() + length));
  }

  /** The tiles in one piece: the same bytes for the same events, whatever changes they came by. */
  public byte[] merged(TileLayout layout) {
    return with(layout, layout.tiles(), stamp.end());
  }

  /** The tiles and those of events that came later, in one piece. */
  public byte[] with(TileLayout layout, TileSet fresh, long end) {
    List<PackedTiles> pieces = tiles(layout);
    TileSet later = pieces.size() == 1 ? layout.tiles() : pieces.get(1).toSet();
    later.merge(fresh);
    return pieces.get(0).with(later, end);
  }

  /**
   * The beginning of a value that has more events, which takes the place of as many bytes of this
   * one; empty where there is no room for them. A beginning is enough.
   */
  public Optional<byte[]> beginningWith(TileLayout layout, TileSet fresh, Stamp next) {
    ByteReader in = afterStamp();
    int room = in.readSize();
    if (room == 0) {
      return Optional.empty();
    }
    int from = in.at();
    int length = in.readSize();
    TileSet later =
        length == 0 ? layout.tiles() : layout.packed(value, in.at(), in.at() + length).toSet();
    later.merge(fresh);
    byte[] tiles = later.pack();
    ByteWriter out = new ByteWriter();
    byte[] header = next.encode();
    out.writeRaw(header, 0, header.length);
    out.writeUnsigned(room);
    out.writeUnsigned(tiles.length);
    out.writeRaw(tiles, 0, tiles.length);
    return out.size() <= from + room ? Optional.of(out.toBytes()) : Optional.empty();
  }

  private ByteReader afterStamp() {
    return new ByteReader(value, "entity", Stamp.SIZE, value.length);
  }
}
