package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/** One aggregation bound to inputs of some types, with what the laws do to it. */
record Subject(AggregateCall call, List<DataType> types, Aggregation<Object> aggregation) {
  /** Small, so that bounds are met; vectors have as many elements. */
  private static final Map<Class<?>, Object> ARGUMENTS =
      Map.of(
          String.class,
          "x",
          int.class,
          TypedValues.SIZE,
          double.class,
          0.5,
          double[].class,
          new double[] {0, 0.25, 1});

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
        .as("the laws know no parameters like those of %s: teach them more", method)
        .allMatch(ARGUMENTS::containsKey);
    Object[] inputs = new Object[method.getParameterCount()];
    Arrays.setAll(
        inputs,
        i ->
            method.getParameterTypes()[i] == String.class
                ? "x" + i
                : ARGUMENTS.get(method.getParameterTypes()[i]));
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
        for (DataType other : List.of(type, PrimitiveType.DOUBLE, new DecimalType(38, 10))) {
          List<DataType> inputs = types(call, type, other);
          if (Aggregations.check(call, inputs).isEmpty()
              && (other.equals(type) || !inputs.equals(types(call, type, type)))) {
            all.add(new Subject(call, inputs, bound(call, inputs)));
          }
        }
      }
    }
    return all;
  }

  private static List<DataType> types(AggregateCall call, DataType type, DataType other) {
    List<DataType> types = new ArrayList<>();
    for (String input : call.inputs()) {
      boolean time = input.equals(AggregateCall.EVENT_TIME);
      types.add(time ? PrimitiveType.TIMESTAMP : types.isEmpty() ? type : other);
    }
    return types;
  }

  @SuppressWarnings("unchecked")
  private static Aggregation<Object> bound(AggregateCall call, List<DataType> inputs) {
    return (Aggregation<Object>) Aggregations.bind(call, inputs);
  }

  String accumulates() {
    return aggregation.accumulates(call);
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

  /** Takes a part out again, of a group. */
  void subtract(Object from, Object part) {
    ((GroupAggregation<Object>) aggregation).subtract(from, part);
  }

  boolean isGroup() {
    return aggregation instanceof GroupAggregation;
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
    if (value instanceof GenericArrayData array) {
      return Arrays.stream(array.array()).map(Subject::bits).toList().toString();
    }
    if (value instanceof GenericInternalRow row) {
      return Arrays.stream(row.values()).map(Subject::bits).toList().toString();
    }
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
  }

  @Override
  public String toString() {
    return call + " of " + types.stream().map(DataType::sql).collect(Collectors.joining(", "));
  }
}
