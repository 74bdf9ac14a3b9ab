package dev.millrace.transforms.window;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** The accumulators of the events of one hop, one for each aggregation of its level. */
public final class Tile implements StoredTile {
  private final List<TilePart<?>> parts;
  private final Object[] accumulators;

  Tile(List<TilePart<?>> parts) {
    this.parts = parts;
    this.accumulators = new Object[parts.size()];
    for (int i = 0; i < accumulators.length; i++) {
      accumulators[i] = parts.get(i).aggregation().zero();
    }
  }

  Tile(List<TilePart<?>> parts, byte[] bytes) {
    this(parts, new ByteReader(bytes, "tile"));
  }

  Tile(List<TilePart<?>> parts, ByteReader in) {
    this.parts = parts;
    this.accumulators = parts.stream().map(part -> part.aggregation().decode(in)).toArray();
    in.finish();
  }

  /** Takes in an event of the tile's hop. */
  public void add(SpecializedGetters row) {
    for (int i = 0; i < accumulators.length; i++) {
      parts.get(i).add(accumulators[i], row);
    }
  }

  /** Takes in another tile of the same level; it stays as it is. */
  public void merge(Tile from) {
    for (int i = 0; i < accumulators.length; i++) {
      parts.get(i).merge(accumulators[i], from.accumulators[i]);
    }
  }

  /** Takes one accumulator of a tile of another level. */
  void mergePart(int part, Tile from, int ofFrom) {
    parts.get(part).merge(accumulators[part], from.accumulators[ofFrom]);
  }

  /** The accumulators' canonical bytes, one after the other. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    for (int i = 0; i < accumulators.length; i++) {
      parts.get(i).encode(accumulators[i], out);
    }
    return out.toBytes();
  }

  @Override
  public void mergeInto(@Nullable Object[] into) {
    for (int i = 0; i < into.length; i++) {
      Object accumulator = into[i];
      if (accumulator != null) {
        parts.get(i).merge(accumulator, accumulators[i]);
      }
    }
  }
}
