package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import java.io.Serializable;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * A commutative monoid over rows with one canonical byte form: whatever the order of {@link #add}
 * and {@link #merge}, and however the rows were split among accumulators, {@link #encode} writes
 * the same bytes and {@link #present} gives the same value. Null inputs change nothing.
 *
 * @param <AccT> the accumulator, changed in place and owned by the caller
 */
public interface Aggregation<AccT> extends Serializable {
  /** The accumulator of no rows. */
  AccT zero();

  /** Takes in one row, whose inputs stand at {@code ordinal} and after it. */
  void add(AccT accumulator, SpecializedGetters row, int ordinal);

  /** Takes {@code from} into {@code into}; {@code from} stays as it is. */
  void merge(AccT into, AccT from);

  /**
   * The value, in Catalyst's own representation of {@link #resultType}; null for no rows, but where
   * the aggregation says otherwise.
   *
   * @param time the time that the value is asked for, in microseconds; only the time since the last
   *     event depends on it
   */
  @Nullable Object present(AccT accumulator, long time);

  void encode(AccT accumulator, ByteWriter out);

  AccT decode(ByteReader in);

  /** Takes what {@link #encode} wrote into {@code into}, as merging what it decodes to would. */
  default void mergeEncoded(AccT into, ByteReader in) {
    merge(into, decode(in));
  }

  DataType resultType();

  /**
   * Names what is accumulated, of the call that this was bound from. Aggregations of one name over
   * inputs of the same types fill their accumulators alike, and write the same bytes: who is asked
   * for several keeps one accumulator, and each reads its value from that.
   */
  default String accumulates(AggregateCall call) {
    return call.toString();
  }
}
