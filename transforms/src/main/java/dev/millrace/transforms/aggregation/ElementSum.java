package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigInteger;

/** The exact sum of one element of vectors, in less memory than an {@link ExactSum}. */
final class ElementSum {
  private ExactUnits finite = new ExactUnits();
  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  void add(double value) {
    if (Math.abs(value) <= Double.MAX_VALUE) {
      ExactPowers.addItself(finite, UnitNumber.of(value));
    } else if (Double.isNaN(value)) {
      nans++;
    } else if (value > 0) {
      positiveInfinities++;
    } else {
      negativeInfinities++;
    }
  }

  void merge(ElementSum from) {
    finite.merge(from.finite);
    nans += from.nans;
    positiveInfinities += from.positiveInfinities;
    negativeInfinities += from.negativeInfinities;
  }

  void subtract(ElementSum part) {
    finite.subtract(part.finite);
    nans -= part.nans;
    positiveInfinities -= part.positiveInfinities;
    negativeInfinities -= part.negativeInfinities;
  }

  float dividedBy(BigInteger divisor) {
    if (nans > 0 || (positiveInfinities > 0 && negativeInfinities > 0)) {
      return Float.NaN;
    }
    if (positiveInfinities + negativeInfinities > 0) {
      return positiveInfinities > 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    }
    return UnitNumber.value(finite.total(), divisor, 0, PrimitiveType.DOUBLE).roundedToFloat();
  }

  void encode(ByteWriter out) {
    out.writeUnsigned(nans);
    out.writeUnsigned(positiveInfinities);
    out.writeUnsigned(negativeInfinities);
    finite.encode(out);
  }

  static ElementSum decode(ByteReader in) {
    ElementSum sum = new ElementSum();
    sum.nans = in.readCount();
    sum.positiveInfinities = in.readCount();
    sum.negativeInfinities = in.readCount();
    sum.finite = ExactUnits.decode(in);
    return sum;
  }
}
