package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.VectorType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/**
 * The sum of vectors, or their mean: each element's exact sum, for a mean divided by how many
 * vectors there were, and rounded once to a float. NaN and the infinities count as in a sum of
 * doubles. Bytes: how many vectors; then for each element how many NaN, infinities and negative
 * infinities, and its sum.
 *
 * @param element the type of the input's elements, float or double
 */
record VectorSum(String call, DataType element, int size, boolean mean)
    implements GroupAggregation<VectorSum.Elements> {
  static final class Elements {
    private final List<ElementSum> sums = new ArrayList<>();
    private long count;
  }

  /** The type of the elements of a vector or an array. */
  static DataType element(DataType type) {
    return type instanceof ArrayType array ? array.element() : PrimitiveType.FLOAT;
  }

  @Override
  public Elements zero() {
    Elements zero = new Elements();
    for (int i = 0; i < size; i++) {
      zero.sums.add(new ElementSum());
    }
    return zero;
  }

  @Override
  public void add(Elements accumulator, SpecializedGetters row, int ordinal) {
    if (row.isNullAt(ordinal)) {
      return;
    }
    ArrayData vector = row.getArray(ordinal);
    check(vector);
    accumulator.count++;
    for (int i = 0; i < size; i++) {
      accumulator.sums.get(i).add(Numbers.read(element, vector, i));
    }
  }

  private void check(ArrayData vector) {
    if (vector.numElements() != size) {
      throw misshapen("a vector of " + vector.numElements() + " elements");
    }
    for (int i = 0; i < size; i++) {
      if (vector.isNullAt(i)) {
        throw misshapen("a null at place " + i + " of a vector");
      }
    }
  }

  private MillraceException misshapen(String found) {
    return MillraceException.because(
        call + " met " + found,
        "it takes vectors of " + size + " elements that are not null",
        "Filter such rows, or put an expectation on the column");
  }

  @Override
  public void merge(Elements into, Elements from) {
    into.count += from.count;
    for (int i = 0; i < size; i++) {
      into.sums.get(i).merge(from.sums.get(i));
    }
  }

  @Override
  public void subtract(Elements from, Elements part) {
    from.count -= part.count;
    for (int i = 0; i < size; i++) {
      from.sums.get(i).subtract(part.sums.get(i));
    }
  }

  @Override
  public @Nullable Object present(Elements accumulator, long time) {
    if (accumulator.count == 0) {
      return null;
    }
    BigInteger divisor = mean ? BigInteger.valueOf(accumulator.count) : BigInteger.ONE;
    return new GenericArrayData(
        accumulator.sums.stream().map(sum -> (Object) sum.dividedBy(divisor)).toArray());
  }

  @Override
  public void encode(Elements accumulator, ByteWriter out) {
    out.writeUnsigned(accumulator.count);
    accumulator.sums.forEach(sum -> sum.encode(out));
  }

  @Override
  public Elements decode(ByteReader in) {
    Elements elements = new Elements();
    elements.count = in.readCount();
    for (int i = 0; i < size; i++) {
      elements.sums.add(ElementSum.decode(in));
    }
    return elements;
  }

  @Override
  public String accumulates(AggregateCall call) {
    return new AggregateCall("vector_sum", call.inputs(), call.parameters()).toString();
  }

  @Override
  public DataType resultType() {
    return new VectorType(size);
  }
}
