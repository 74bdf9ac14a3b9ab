package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.Decimal;
import org.jspecify.annotations.Nullable;

/** The exact sum of whole numbers, or of decimals as whole numbers of their last digit. */
record WholeSum(String call, DataType input) implements SumAggregation<WholeSum.Total> {
  /** {@code carried + small} units; only a sum beyond 64 bits has anything carried. */
  static final class Total {
    private long count;
    private long small;
    private BigInteger carried = BigInteger.ZERO;

    private void add(long units) {
      long sum = small + units;
      if (((small ^ sum) & (units ^ sum)) < 0) {
        carried = carried.add(BigInteger.valueOf(small));
        sum = units;
      }
      small = sum;
    }

    private void subtract(long units) {
      long difference = small - units;
      if (((small ^ units) & (small ^ difference)) < 0) {
        carried = carried.subtract(BigInteger.valueOf(units));
      } else {
        small = difference;
      }
    }

    private BigInteger units() {
      return carried.add(BigInteger.valueOf(small));
    }
  }

  @Override
  public Total zero() {
    return new Total();
  }

  @Override
  public void add(Total accumulator, SpecializedGetters row, int ordinal) {
    if (row.isNullAt(ordinal)) {
      return;
    }
    accumulator.count++;
    if (input == PrimitiveType.INT) {
      accumulator.add(row.getInt(ordinal));
    } else if (input instanceof DecimalType decimal) {
      BigDecimal value =
          row.getDecimal(ordinal, decimal.precision(), decimal.scale()).toJavaBigDecimal();
      accumulator.carried =
          accumulator.carried.add(value.setScale(decimal.scale()).unscaledValue());
    } else {
      accumulator.add(row.getLong(ordinal));
    }
  }

  @Override
  public void merge(Total into, Total from) {
    into.count += from.count;
    into.add(from.small);
    if (from.carried.signum() != 0) {
      into.carried = into.carried.add(from.carried);
    }
  }

  @Override
  public void subtract(Total from, Total part) {
    from.count -= part.count;
    from.subtract(part.small);
    if (part.carried.signum() != 0) {
      from.carried = from.carried.subtract(part.carried);
    }
  }

  @Override
  public boolean hasMarks() {
    return !(input instanceof DecimalType);
  }

  /** The count, and the sum as a number of 128 bits: so many that no count of longs leaves them. */
  @Override
  public int mark(Total accumulator, long[] marks, int at, int room) {
    if (room < 3) {
      return 3;
    }
    marks[at] = accumulator.count;
    if (accumulator.carried.signum() == 0) {
      marks[at + 1] = accumulator.small;
      marks[at + 2] = accumulator.small >> 63;
    } else {
      BigInteger units = accumulator.units();
      marks[at + 1] = units.longValue();
      marks[at + 2] = units.shiftRight(64).longValue();
    }
    return 3;
  }

  @Override
  public void presentSince(Total all, long[] marks, int at, InternalRow into, int ordinal) {
    if (all.count == marks[at]) {
      into.setNullAt(ordinal);
    } else {
      into.setLong(ordinal, whole(since(all, marks, at)));
    }
  }

  @Override
  public long countSince(Total all, long[] marks, int at) {
    return all.count - marks[at];
  }

  @Override
  public double totalSince(Total all, long[] marks, int at) {
    return total(since(all, marks, at));
  }

  private static Total since(Total all, long[] marks, int at) {
    Total since = new Total();
    since.count = all.count - marks[at];
    since.small = all.small;
    since.carried = all.carried;
    since.subtract(marks[at + 1]);
    // The lower 64 bits were taken as a signed number.
    long high = marks[at + 2] - (marks[at + 1] >> 63);
    if (high != 0) {
      since.carried = since.carried.subtract(BigInteger.valueOf(high).shiftLeft(64));
    }
    return since;
  }

  @Override
  public long count(Total accumulator) {
    return accumulator.count;
  }

  @Override
  public @Nullable Object present(Total accumulator, long time) {
    if (accumulator.count == 0) {
      return null;
    }
    if (resultType() instanceof DecimalType decimal) {
      BigDecimal value = new BigDecimal(accumulator.units(), decimal.scale());
      if (value.precision() > decimal.precision()) {
        throw overflow(value);
      }
      return Decimal.apply(value, decimal.precision(), decimal.scale());
    }
    return whole(accumulator);
  }

  private long whole(Total accumulator) {
    if (accumulator.carried.signum() == 0) {
      return accumulator.small;
    }
    BigInteger units = accumulator.units();
    if (units.bitLength() > 63) {
      throw overflow(units);
    }
    return units.longValue();
  }

  private MillraceException overflow(Object value) {
    String summed = call.substring(call.indexOf('(') + 1, call.lastIndexOf(')'));
    return MillraceException.because(
        call + " is " + value,
        "that does not fit " + resultType().sql(),
        "Sum a wider type, such as sum(cast(" + summed + " as double))");
  }

  @Override
  public double total(Total accumulator) {
    if (accumulator.carried.signum() == 0 && !(input instanceof DecimalType)) {
      return accumulator.small;
    }
    int scale = input instanceof DecimalType decimal ? decimal.scale() : 0;
    return new BigDecimal(accumulator.units(), scale).doubleValue();
  }

  @Override
  public void encode(Total accumulator, ByteWriter out) {
    out.writeUnsigned(accumulator.count);
    out.writeWhole(accumulator.units());
  }

  @Override
  public Total decode(ByteReader in) {
    Total total = new Total();
    total.count = in.readCount();
    BigInteger units = in.readWhole();
    if (total.count == 0 && units.signum() != 0) {
      throw in.wrong("a sum of no numbers is not zero");
    }
    if (units.bitLength() > 63) {
      total.carried = units;
    } else {
      total.small = units.longValue();
    }
    return total;
  }

  @Override
  public DataType resultType() {
    return input instanceof DecimalType decimal
        ? new DecimalType(Math.min(38, decimal.precision() + 10), decimal.scale())
        : PrimitiveType.LONG;
  }
}
