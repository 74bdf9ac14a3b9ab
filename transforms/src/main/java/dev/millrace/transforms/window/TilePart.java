package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * One accumulator of a tile; it goes by {@code Object}, since a tile holds many kinds.
 *
 * @param name of what is accumulated: {@link Aggregation#accumulates}
 */
record TilePart<AccT>(String name, Aggregation<AccT> aggregation, int ordinal) {
  static TilePart<?> of(WindowedAggregation window) {
    return new TilePart<>(
        window.aggregation().accumulates(window.call()), window.aggregation(), window.ordinal());
  }

  void add(Object accumulator, SpecializedGetters row) {
    aggregation.add(cast(accumulator), row, ordinal);
  }

  void merge(Object into, Object from) {
    aggregation.merge(cast(into), cast(from));
  }

  void mergeEncoded(Object into, ByteReader in) {
    aggregation.mergeEncoded(cast(into), in);
  }

  /** Writes the accumulator of one row. */
  void encodeOne(SpecializedGetters row, ByteWriter out) {
    AccT accumulator = aggregation.zero();
    aggregation.add(accumulator, row, ordinal);
    aggregation.encode(accumulator, out);
  }

  void encode(Object accumulator, ByteWriter out) {
    aggregation.encode(cast(accumulator), out);
  }

  @SuppressWarnings("unchecked")
  private AccT cast(Object accumulator) {
    return (AccT) accumulator;
  }
}
