package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.StructType;
import dev.millrace.transforms.type.VectorType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Values of every type in Catalyst's representation, with those that are hard to get right. */
final class TypedValues {
  /** How many elements a vector has. */
  static final int SIZE = 4;

  /** Every type without parameters, and some of each with them. */
  static final List<DataType> TYPES = types();

  private TypedValues() {}

  private static List<DataType> types() {
    List<DataType> types = new ArrayList<>(List.of(PrimitiveType.values()));
    types.add(new DecimalType(18, 2));
    types.add(new DecimalType(38, 10));
    types.add(new ArrayType(PrimitiveType.INT));
    types.add(new ArrayType(PrimitiveType.STRING));
    types.add(new VectorType(SIZE));
    types.add(
        new StructType(
            List.of(
                new Column("a", PrimitiveType.DOUBLE),
                new Column("b", new ArrayType(PrimitiveType.BYTES)))));
    return List.copyOf(types);
  }

  static Arbitrary<?> of(DataType type) {
    if (type instanceof DecimalType decimal) {
      return decimals(decimal);
    }
    if (type instanceof ArrayType array) {
      return nullable(array.element(), 0.2)
          .list()
          .ofMaxSize(3)
          .map(elements -> new GenericArrayData(elements.toArray()));
    }
    if (type instanceof VectorType) {
      return floats().list().ofSize(SIZE).map(each -> new GenericArrayData(each.toArray()));
    }
    if (type instanceof StructType struct) {
      List<Arbitrary<@Nullable Object>> fields = new ArrayList<>();
      struct.fields().forEach(field -> fields.add(nullable(field.type(), 0.2)));
      return Combinators.combine(fields).as(each -> new GenericInternalRow(each.toArray()));
    }
    return switch ((PrimitiveType) type) {
      case BOOLEAN -> Arbitraries.of(true, false);
      case INT -> mixed(Arbitraries.integers(), Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 1, -1);
      case LONG -> mixed(Arbitraries.longs(), Long.MIN_VALUE, Long.MAX_VALUE, 0L, 1L, -1L);
      case FLOAT -> floats();
      case DOUBLE -> doubles();
      case STRING -> strings();
      case BYTES -> Arbitraries.bytes().array(byte[].class).ofMaxSize(3);
      case DATE -> mixed(Arbitraries.integers(), day("1900-01-01"), day("9999-12-31"), 0, -1);
      case TIMESTAMP ->
          mixed(
              Arbitraries.longs(),
              micros("1900-01-01T00:00:00Z"),
              micros("9999-12-31T23:59:59.999999Z"),
              0L,
              -1L);
    };
  }

  static Arbitrary<@Nullable Object> nullable(DataType type, double nulls) {
    return of(type).asGeneric().injectNull(nulls);
  }

  private static Arbitrary<Double> doubles() {
    Arbitrary<Double> anyBits = Arbitraries.longs().map(Double::longBitsToDouble);
    Arbitrary<Double> prices = Arbitraries.integers().between(0, 100_000).map(i -> i / 100.0);
    return Arbitraries.oneOf(
        anyBits,
        prices,
        Arbitraries.of(1e16, 1.0, -1e16),
        Arbitraries.of(
            0.0,
            -0.0,
            Double.NaN,
            Double.longBitsToDouble(0x7ff0000000000001L),
            Double.longBitsToDouble(0xfff8000000000123L),
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            -Double.MIN_VALUE,
            Double.MIN_NORMAL,
            -Double.MIN_NORMAL,
            Double.MAX_VALUE,
            -Double.MAX_VALUE));
  }

  private static Arbitrary<Float> floats() {
    Arbitrary<Float> anyBits = Arbitraries.integers().map(Float::intBitsToFloat);
    return Arbitraries.oneOf(
        anyBits,
        Arbitraries.of(
            0f,
            -0f,
            1f,
            Float.NaN,
            Float.intBitsToFloat(0xffc00123),
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE));
  }

  private static Arbitrary<Decimal> decimals(DecimalType type) {
    BigInteger most = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
    Arbitrary<BigInteger> units =
        Arbitraries.oneOf(
            Arbitraries.bigIntegers().between(most.negate(), most),
            Arbitraries.bigIntegers().between(BigInteger.valueOf(-99), BigInteger.valueOf(99)),
            Arbitraries.of(most, most.negate(), BigInteger.ZERO));
    return units.map(
        unscaled ->
            Decimal.apply(new BigDecimal(unscaled, type.scale()), type.precision(), type.scale()));
  }

  private static Arbitrary<UTF8String> strings() {
    return Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(6),
            Arbitraries.of("", "a", "A", "é", "e\u0301", "\uFFFD", "\uD83D\uDE00", "日本", "a\0"))
        .map(UTF8String::fromString);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static <T> Arbitrary<T> mixed(Arbitrary<T> any, T... hard) {
    return Arbitraries.oneOf(any, Arbitraries.of(hard));
  }

  private static int day(String date) {
    return (int) LocalDate.parse(date).toEpochDay();
  }

  private static long micros(String instant) {
    return Micros.of(Instant.parse(instant));
  }
}
