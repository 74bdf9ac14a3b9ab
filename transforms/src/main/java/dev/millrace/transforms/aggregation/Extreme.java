package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** The smallest or the largest value in the type's order. */
record Extreme(DataType input, boolean largest) implements RankedAggregation<Extreme.Best> {
  static final class Best {
    private @Nullable Object value;
  }

  @Override
  public Best zero() {
    return new Best();
  }

  @Override
  public void add(Best accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      offer(accumulator, Values.read(input, row, ordinal));
    }
  }

  private void offer(Best accumulator, Object value) {
    Object best = accumulator.value;
    if (best == null || (Values.compare(value, best) > 0) == largest) {
      accumulator.value = value;
    }
  }

  @Override
  public void merge(Best into, Best from) {
    if (from.value != null) {
      offer(into, from.value);
    }
  }

  @Override
  public @Nullable Object present(Best accumulator, long time) {
    return accumulator.value;
  }

  @Override
  public void encode(Best accumulator, ByteWriter out) {
    Object value = accumulator.value;
    out.writeByte(value == null ? 0 : 1);
    if (value != null) {
      Values.encode(input, value, out);
    }
  }

  @Override
  public Best decode(ByteReader in) {
    Best best = new Best();
    if (in.readTruth()) {
      best.value = Values.decode(input, in);
    }
    return best;
  }

  @Override
  public void mergeEncoded(Best into, ByteReader in) {
    if (!in.readTruth()) {
      return;
    }
    if (input == PrimitiveType.DOUBLE && into.value instanceof Double best) {
      // Most are not better, and need no object.
      double value = Values.decodeDouble(in);
      if ((Double.compare(value, best) > 0) == largest) {
        into.value = value;
      }
    } else {
      offer(into, Values.decode(input, in));
    }
  }

  @Override
  public DataType resultType() {
    return input;
  }

  @Override
  public boolean hasRanks() {
    return input instanceof PrimitiveType
        && input != PrimitiveType.STRING
        && input != PrimitiveType.BYTES;
  }

  @Override
  public boolean isLowest() {
    return !largest;
  }

  @Override
  public long rank(SpecializedGetters row, int ordinal) {
    return switch ((PrimitiveType) input) {
      case BOOLEAN -> row.getBoolean(ordinal) ? 1 : 0;
      case INT, DATE -> row.getInt(ordinal);
      case LONG, TIMESTAMP -> row.getLong(ordinal);
      case FLOAT -> orderedBits(row.getFloat(ordinal));
      case DOUBLE -> orderedBits(row.getDouble(ordinal));
      default -> throw new IllegalStateException(input + " has no ranks");
    };
  }

  @Override
  public void present(long rank, InternalRow into, int ordinal) {
    switch ((PrimitiveType) input) {
      case BOOLEAN -> into.setBoolean(ordinal, rank == 1);
      case INT, DATE -> into.setInt(ordinal, (int) rank);
      case LONG, TIMESTAMP -> into.setLong(ordinal, rank);
      case FLOAT -> into.setFloat(ordinal, (float) ofOrderedBits(rank));
      case DOUBLE -> into.setDouble(ordinal, ofOrderedBits(rank));
      default -> throw new IllegalStateException(input + " has no ranks");
    }
  }

  /** Bits in the order of {@link Double#compare}; one for both zeros, one for all NaN. */
  private static long orderedBits(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  private static double ofOrderedBits(long bits) {
    return Double.longBitsToDouble(bits ^ ((bits >> 63) & Long.MAX_VALUE));
  }
}
