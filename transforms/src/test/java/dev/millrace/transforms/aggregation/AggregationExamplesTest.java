package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.expression.PlainValues;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.VectorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows that can be checked in the head; what depends on time was at 1, 2, 3, ... microseconds. */
class AggregationExamplesTest {
  @Test
  void countsConditions() {
    assertThat(of(Aggregations.countIf("x"), true, false, null, true)).isEqualTo(2L);
    assertThat(of(Aggregations.boolAny("x"), false, null, true)).isEqualTo(true);
    assertThat(of(Aggregations.boolAll("x"), true, null, true)).isEqualTo(true);
    assertThat(of(Aggregations.boolAll("x"), true, false)).isEqualTo(false);
    assertThat(of(Aggregations.countIf("x"), false)).isEqualTo(0L);
  }

  @Test
  void firstAndLastGoByEventTime() {
    assertThat(of(Aggregations.first("x"), null, "b", "a")).isEqualTo("b");
    assertThat(of(Aggregations.last("x"), "b", "a", null)).isEqualTo("a");
    assertThat(of(Aggregations.firstK("x", 2), "c", null, "a", "b")).isEqualTo(List.of("c", "a"));
    assertThat(of(Aggregations.lastK("x", 2), "c", null, "a", "b")).isEqualTo(List.of("b", "a"));
  }

  @Test
  void atOneTimeTheBytesDecide() {
    List<List<@Nullable Object>> tied =
        List.of(row("b", 7L), row("c", 7L), row("a", 7L), row("a", 7L));
    assertThat(rows(Aggregations.first("x"), tied)).isEqualTo("a");
    assertThat(rows(Aggregations.last("x"), tied)).isEqualTo("c");
    assertThat(rows(Aggregations.firstK("x", 3), tied)).isEqualTo(List.of("a", "a", "b"));
  }

  @Test
  void ranksByValueOrByAnotherColumn() {
    assertThat(of(Aggregations.topK("x", 2), 3.0, null, 5.0, 5.0)).isEqualTo(List.of(5.0, 5.0));
    assertThat(of(Aggregations.bottomK("x", 2), 3.0, -0.0, 5.0)).isEqualTo(List.of(0.0, 3.0));
    assertThat(of(Aggregations.topK("x", 1), 1.0, Double.NaN)).isEqualTo(List.of(Double.NaN));
    List<List<@Nullable Object>> spent =
        List.of(row("tea", 2.0, 1L), row("pie", 9.0, 2L), row("jam", 9.0, 1L), row("no", null, 1L));
    assertThat(rows(Aggregations.topKBy("x", "y", 2), spent)).isEqualTo(List.of("jam", "pie"));
    assertThat(rows(Aggregations.bottomKBy("x", "y", 1), spent)).isEqualTo(List.of("tea"));
  }

  @Test
  void tellsDifferentValuesApart() {
    assertThat(of(Aggregations.countDistinct("x", 3), 0.0, -0.0, null, 2.0)).isEqualTo(2L);
    assertThat(of(Aggregations.collectDistinct("x", 3), "b", "a", "b"))
        .isEqualTo(List.of("a", "b"));
    assertThat(of(Aggregations.mostFrequentK("x", 2, 9), "c", "b", "a", "b", "c", "d"))
        .isEqualTo(List.of("b", "c"));
    assertThat(of(Aggregations.approxCountDistinct("x"), "a", "b", "a")).isEqualTo(2L);
    assertThat(of(Aggregations.countDistinct("x", 3), (String) null)).isEqualTo(0L);
    assertThat(of(Aggregations.collectDistinct("x", 3), (String) null)).isNull();
  }

  @Test
  void tooManyDifferentValuesNameTheCall() {
    assertThatThrownBy(() -> of(Aggregations.countDistinct("user", 2), "a", "b", "c"))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "count_distinct(user; 2) has more than 2 different values: it is exact, and keeps every"
                + " one up to its bound. Raise the bound, or shorten the window;"
                + " approx_count_distinct has no bound.");
  }

  @Test
  void estimatesManyWithinFourStandardErrors() {
    for (int many : new int[] {10, 1_000, 20_000, 300_000}) {
      Object[] values = LongStream.range(0, many).boxed().toArray();
      double estimate = number(Aggregations.approxCountDistinct("x"), values);
      assertThat(Math.abs(estimate - many) / (double) many).isLessThan(4 * 1.04 / 64);
    }
  }

  @Test
  void percentilesAreBelowTheTrueOnesByLessThanTheirBound() {
    assertThat(of(Aggregations.approxPercentile("x", 0.5), 1.0, 200.0, 3.0)).isEqualTo(3.0);
    assertThat(of(Aggregations.approxPercentiles("x", 0, 1), 7.7, 1.3))
        .isEqualTo(List.of(1.3, 7.7));
    double infinity = Double.POSITIVE_INFINITY;
    assertThat(
            of(
                Aggregations.approxPercentiles("x", 0, 0.7, 1),
                -infinity,
                5.0,
                infinity,
                Double.NaN))
        .isEqualTo(List.of(-infinity, infinity, Double.NaN));
    Random random = new Random(3);
    double[] sorted = random.doubles(1001, -1e6, 1e6).sorted().toArray();
    Object[] values = Arrays.stream(sorted).boxed().toArray();
    for (double share : new double[] {0.1, 0.25, 0.5, 0.99}) {
      double exact = sorted[(int) (share * 1000)];
      double approx = number(Aggregations.approxPercentile("x", share), values);
      assertThat(exact - approx).isBetween(0.0, Math.abs(exact) / 128);
    }
  }

  @Test
  void histogramsTakeTheirLowerBounds() {
    assertThat(of(Aggregations.histogram("x", 0, 10), -1.0, -0.0, 9.9, 10.0, Double.NaN))
        .isEqualTo(List.of(1L, 2L, 2L));
    long large = (1L << 60) + 1;
    assertThat(of(Aggregations.histogram("x", 0x1p60), large - 2, large - 1, large))
        .isEqualTo(List.of(1L, 2L));
    assertThat(of(Aggregations.histogram("x", 0), (Double) null)).isEqualTo(List.of(0L, 0L));
  }

  @Test
  void addsVectorsElementByElement() {
    Object[] vectors = {
      new GenericArrayData(new Object[] {1f, 1e8f}),
      null,
      new GenericArrayData(new Object[] {2f, 1f}),
      new GenericArrayData(new Object[] {4f, -1e8f})
    };
    assertThat(of(Aggregations.vectorSum("x", 2), vectors)).isEqualTo(List.of(7f, 1f));
    assertThat(of(Aggregations.vectorMean("x", 2), vectors)).isEqualTo(List.of(7f / 3, 1f / 3));
    assertThatThrownBy(() -> of(Aggregations.vectorSum("x", 3), vectors))
        .hasMessage(
            "vector_sum(x; 3) met a vector of 2 elements: it takes vectors of 3 elements that are"
                + " not null. Filter such rows, or put an expectation on the column.");
  }

  @Test
  void timeSinceLastGoesToTheTimeAskedFor() {
    assertThat(of(Aggregations.timeSinceLast("x"), "a", "b", null)).isEqualTo(98L);
    assertThat(of(Aggregations.timeSinceLast("x"), (String) null)).isNull();
  }

  @Test
  void callsPrintTheirParametersAndDifferByThem() {
    assertThat(Aggregations.topKBy("p", "amount", 3))
        .hasToString("top_k_by(p, amount, event_time(); 3)");
    assertThat(Aggregations.histogram("x", 0.1, 1e300, 25))
        .hasToString("histogram(x; 0.1, 1E+300, 25)");
    assertThat(Aggregations.topK("x", 3)).isNotEqualTo(Aggregations.topK("x", 4));
    assertThat(Aggregations.histogram("x", 1)).isEqualTo(Aggregations.histogram("x", 1.0));
  }

  @Test
  void saysWhatIsWrongWithAParameter() {
    assertThat(problem(Aggregations.topK("x", 0), PrimitiveType.INT))
        .isEqualTo(
            "'top_k(x; 0)' has a k of 0: it is a whole number from 1 to 10000."
                + " Give one between the two.");
    assertThat(problem(Aggregations.approxPercentile("x", 50), PrimitiveType.INT))
        .isEqualTo(
            "'approx_percentile(x; 50)' has parameters of [50]: shares, such as 0.5 for the median,"
                + " are from 0 to 1. Give others.");
    assertThat(problem(Aggregations.histogram("x", 2, 1), PrimitiveType.INT))
        .contains("bounds are finite numbers, one or more, each above the one before");
    assertThat(problem(new AggregateCall("top_k", List.of("x")), PrimitiveType.INT))
        .startsWith("'top_k(x)' has 0 parameters: top_k takes 1.");
    assertThat(problem(Aggregations.correlation("x", "y"), PrimitiveType.INT))
        .startsWith("'correlation(x, y)' has 1 inputs: correlation takes 2.");
    assertThat(problem(Aggregations.countIf("x"), PrimitiveType.INT))
        .startsWith("'count_if(x)' cannot take int: count_if takes a boolean.");
  }

  private static String problem(AggregateCall call, DataType type) {
    return Aggregations.check(call, List.of(type)).map(Problem::message).orElse("it fits");
  }

  private static List<@Nullable Object> row(@Nullable Object... inputs) {
    return Arrays.stream(inputs)
        .map(input -> input instanceof String text ? UTF8String.fromString(text) : input)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Of one column, whose rows were at 1, 2, 3, ... and are looked at at 100. */
  private static @Nullable Object of(AggregateCall call, @Nullable Object... values) {
    return rows(
        call, IntStream.range(0, values.length).mapToObj(i -> row(values[i], i + 1L)).toList());
  }

  private static double number(AggregateCall call, @Nullable Object... values) {
    return Double.parseDouble(String.valueOf(of(call, values)));
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object rows(AggregateCall call, List<List<@Nullable Object>> rows) {
    List<DataType> types = new ArrayList<>();
    for (int i = 0; i < call.inputs().size(); i++) {
      types.add(type(call.inputs().get(i), rows, i));
    }
    Aggregation<Object> aggregation = (Aggregation<Object>) Aggregations.bind(call, types);
    Object accumulator = aggregation.zero();
    rows.forEach(row -> aggregation.add(accumulator, new GenericInternalRow(row.toArray()), 0));
    return PlainValues.fromCatalyst(
        aggregation.resultType(), aggregation.present(accumulator, 100));
  }

  private static DataType type(String input, List<List<@Nullable Object>> rows, int place) {
    if (input.equals(AggregateCall.EVENT_TIME)) {
      return PrimitiveType.TIMESTAMP;
    }
    for (List<@Nullable Object> row : rows) {
      Object value = row.get(place);
      if (value instanceof GenericArrayData array) {
        return new VectorType(array.numElements());
      }
      if (value instanceof Boolean) {
        return PrimitiveType.BOOLEAN;
      }
      if (value instanceof Long) {
        return PrimitiveType.LONG;
      }
      if (value instanceof UTF8String) {
        return PrimitiveType.STRING;
      }
    }
    return PrimitiveType.DOUBLE;
  }
}
