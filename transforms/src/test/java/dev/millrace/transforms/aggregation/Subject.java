package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.DataType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.jspecify.annotations.Nullable;

/** One aggregation bound to inputs of one type, with what the laws do to it. */
record Subject(AggregateCall call, DataType type, Aggregation<Object> aggregation) {

  /** Every call that {@link Aggregations} offers, found by reflection. */
  static List<AggregateCall> calls() {
    List<AggregateCall> calls = new ArrayList<>();
    for (Method method : Aggregations.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())
          && method.getReturnType() == AggregateCall.class) {
        calls.add(called(method));
      }
    }
    return calls;
  }

  private static AggregateCall called(Method method) {
    assertThat(method.getParameterTypes())
        .as("the laws know how to call %s with expressions only: teach them more", method)
        .allMatch(input -> input == String.class);
    Object[] inputs = new Object[method.getParameterCount()];
    Arrays.setAll(inputs, i -> "x" + i);
    try {
      return (AggregateCall) method.invoke(null, inputs);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(method + " cannot be called", e);
    }
  }

  /** Every call with every type that it takes. */
  static List<Subject> all() {
    List<Subject> all = new ArrayList<>();
    for (AggregateCall call : calls()) {
      for (DataType type : TypedValues.TYPES) {
        List<DataType> inputs = Collections.nCopies(call.inputs().size(), type);
        if (Aggregations.check(call, inputs).isEmpty()) {
          all.add(new Subject(call, type, bound(call, inputs)));
        }
      }
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private static Aggregation<Object> bound(AggregateCall call, List<DataType> inputs) {
    return (Aggregation<Object>) Aggregations.bind(call, inputs);
  }

  Object of(List<? extends List<? extends @Nullable Object>> rows) {
    Object accumulator = aggregation.zero();
    rows.forEach(row -> add(accumulator, row));
    return accumulator;
  }

  /** Adds one row; its inputs stand after another column. */
  void add(Object accumulator, List<? extends @Nullable Object> inputs) {
    @Nullable Object[] row = new @Nullable Object[inputs.size() + 1];
    for (int i = 0; i < inputs.size(); i++) {
      row[i + 1] = inputs.get(i);
    }
    aggregation.add(accumulator, new GenericInternalRow(row), 1);
  }

  Object merged(Object into, Object from) {
    aggregation.merge(into, from);
    return into;
  }

  byte[] bytes(Object accumulator) {
    ByteWriter out = new ByteWriter();
    aggregation.encode(accumulator, out);
    return out.toBytes();
  }

  Object decoded(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Object accumulator = aggregation.decode(in);
    in.finish();
    return accumulator;
  }

  /** The bytes and the value, to the bit, as text; where there is no value, the refusal. */
  String state(Object accumulator) {
    return HexFormat.of().formatHex(bytes(accumulator)) + " = " + presented(accumulator);
  }

  String presented(Object accumulator) {
    try {
      return bits(aggregation.present(accumulator, 0));
    } catch (MillraceException overflow) {
      return String.valueOf(overflow.getMessage());
    }
  }

  private static String bits(@Nullable Object value) {
    if (value instanceof Double number) {
      return number + " " + Long.toHexString(Double.doubleToRawLongBits(number));
    }
    if (value instanceof Float number) {
      return number + " " + Integer.toHexString(Float.floatToRawIntBits(number));
    }
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
  }

  @Override
  public String toString() {
    return call + " of " + type.sql();
  }
}
