package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.drift.ColumnCounts;
import dev.millrace.transforms.drift.ColumnProfile;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/**
 * For each share <i>q</i> of <i>n</i> numbers, the one with {@code floor(q (n - 1))} before it in
 * order, from the log buckets of a {@link ColumnProfile}: below the true one by less than {@link
 * ColumnProfile#RELATIVE_ERROR} of its magnitude. The infinities are at the ends of the order, and
 * NaN above them.
 *
 * @param shares each in [0, 1]
 * @param single whether the value is that of the first share, and not an array for all
 */
record ApproxPercentile(DataType input, List<Double> shares, boolean single)
    implements Aggregation<ColumnProfile> {
  @Override
  public ColumnProfile zero() {
    return new ColumnProfile();
  }

  @Override
  public void add(ColumnProfile accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      accumulator.add(Numbers.read(input, row, ordinal));
    }
  }

  @Override
  public void merge(ColumnProfile into, ColumnProfile from) {
    into.merge(from);
  }

  @Override
  public @Nullable Object present(ColumnProfile accumulator, long time) {
    if (accumulator.counts().rows() == 0) {
      return null;
    }
    Object[] values =
        shares.stream().map(share -> (Object) percentile(accumulator, share)).toArray();
    return single ? values[0] : new GenericArrayData(values);
  }

  private static double percentile(ColumnProfile profile, double share) {
    ColumnCounts counts = profile.counts();
    long before = (long) (share * (counts.rows() - 1)) - counts.negativeInfinities();
    if (before < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (before < counts.finite()) {
      return profile.finiteAfter(before);
    }
    boolean infinite = before - counts.finite() < counts.positiveInfinities();
    return infinite ? Double.POSITIVE_INFINITY : Double.NaN;
  }

  @Override
  public void encode(ColumnProfile accumulator, ByteWriter out) {
    out.writeBytes(accumulator.encode());
  }

  @Override
  public ColumnProfile decode(ByteReader in) {
    return ColumnProfile.decode(in.readBytes());
  }

  @Override
  public String accumulates(AggregateCall call) {
    return new AggregateCall("buckets", call.inputs()).toString();
  }

  @Override
  public DataType resultType() {
    return single ? PrimitiveType.DOUBLE : new ArrayType(PrimitiveType.DOUBLE);
  }
}
