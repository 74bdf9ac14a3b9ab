package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AggregationsTest {
  private static final String EMOJI = "\uD83D\uDE00";

  @Test
  void presentsWhatAPersonWouldWorkOut() {
    assertThat(doubles("count(x)", 3.0, null, 5.0)).isEqualTo(2L);
    assertThat(doubles("sum(x)", 1e16, 1.0, -1e16)).isEqualTo(1.0);
    assertThat(doubles("avg(x)", 1.0, null, 2.0)).isEqualTo(1.5);
    assertThat(doubles("min(x)", 3.0, null, -5.0)).isEqualTo(-5.0);
    assertThat(doubles("max(x)", 3.0, null, -5.0)).isEqualTo(3.0);
  }

  @Test
  void noRowsAreNullButForCounts() {
    assertThat(doubles("count(x)")).isEqualTo(0L);
    for (String function : List.of("sum(x)", "avg(x)", "min(x)", "max(x)")) {
      assertThat(doubles(function, (Double) null)).isNull();
    }
  }

  @Test
  void naNIsAboveEveryNumberAndZeroHasNoSign() {
    assertThat(doubles("max(x)", Double.POSITIVE_INFINITY, Double.NaN)).isEqualTo(Double.NaN);
    assertThat(doubles("min(x)", Double.POSITIVE_INFINITY, Double.NaN))
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(doubles("min(x)", -0.0)).isEqualTo(0.0);
    assertThat(doubles("max(x)", -0.0, -1.0)).isEqualTo(0.0);
    assertThat(doubles("avg(x)", -Double.MIN_VALUE, 0.0)).isEqualTo(0.0);
  }

  @Test
  void textIsOrderedByItsBytesAndNotByItsChars() {
    UTF8String replacement = UTF8String.fromString("\uFFFD");
    UTF8String emoji = UTF8String.fromString(EMOJI);
    assertThat("\uFFFD").isGreaterThan(EMOJI);
    assertThat(present("max(x)", PrimitiveType.STRING, replacement, emoji)).isEqualTo(emoji);
    assertThat(present("min(x)", PrimitiveType.STRING, replacement, emoji)).isEqualTo(replacement);
  }

  @Test
  void anExtremeOwnsItsText() {
    byte[] buffer = {'b'};
    Aggregation<Object> min = bound("min(x)", PrimitiveType.STRING);
    Object accumulator = min.zero();
    min.add(accumulator, row(UTF8String.fromBytes(buffer)), 0);
    buffer[0] = 'z';
    assertThat(min.present(accumulator, 0)).hasToString("b");
  }

  @Test
  void saysWhyACallDoesNotFit() {
    assertThat(problem("sum(x)", PrimitiveType.STRING))
        .isEqualTo(
            "'sum(x)' cannot take string: sum takes a number. "
                + "Cast the expression or choose another aggregation, such as count.");
    assertThat(problem("max(x)", PrimitiveType.BYTES))
        .isEqualTo(
            "'max(x)' cannot take binary: max takes a type with an order. "
                + "Cast the expression or choose another aggregation, such as count.");
    assertThat(problem("agv(x)", PrimitiveType.DOUBLE))
        .startsWith("Cannot resolve aggregation 'agv' in 'agv(x)': known are [count, sum, avg, ")
        .endsWith("]. Did you mean 'avg'?");
    assertThatThrownBy(() -> bound("avg(x)", PrimitiveType.DATE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'avg(x)' cannot take date: avg takes a number.");
  }

  @Test
  void printsAsItIsWritten() {
    assertThat(Stream.of(Aggregations.count(), Aggregations.sum("a + b")).map(String::valueOf))
        .containsExactly("count(1)", "sum(a + b)");
  }

  private static @Nullable Object doubles(String call, @Nullable Double... values) {
    return present(call, PrimitiveType.DOUBLE, (@Nullable Object[]) values);
  }

  private static @Nullable Object present(String call, DataType type, @Nullable Object... values) {
    Aggregation<Object> aggregation = bound(call, type);
    Object accumulator = aggregation.zero();
    for (Object value : values) {
      aggregation.add(accumulator, row(value), 0);
    }
    return aggregation.present(accumulator, 0);
  }

  private static GenericInternalRow row(@Nullable Object value) {
    return new GenericInternalRow(new @Nullable Object[] {value});
  }

  private static String problem(String call, DataType type) {
    return Aggregations.check(call(call), List.of(type)).map(Problem::message).orElse("it fits");
  }

  private static AggregateCall call(String text) {
    return new AggregateCall(text.substring(0, text.indexOf('(')), List.of("x"));
  }

  @SuppressWarnings("unchecked")
  private static Aggregation<Object> bound(String call, DataType type) {
    return (Aggregation<Object>) Aggregations.bind(call(call), List.of(type));
  }
}
