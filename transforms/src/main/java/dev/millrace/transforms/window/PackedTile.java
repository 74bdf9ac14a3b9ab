package dev.millrace.transforms.window;

import dev.millrace.transforms.bytes.ByteReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tile as bytes, which are merged as they are read. */
@SuppressWarnings("ArrayRecordComponent")
record PackedTile(List<TilePart<?>> parts, byte[] bytes, int from, int end) implements StoredTile {
  @Override
  public void mergeInto(@Nullable Object[] into) {
    ByteReader in = new ByteReader(bytes, "tile", from, end);
    for (int i = 0; i < into.length; i++) {
      TilePart<?> part = parts.get(i);
      Object accumulator = into[i];
      if (accumulator != null) {
        part.mergeEncoded(accumulator, in);
      } else {
        part.aggregation().decode(in);
      }
    }
    in.finish();
  }
}
