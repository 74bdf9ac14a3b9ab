package dev.millrace.transforms.aggregation;

import static dev.millrace.transforms.aggregation.Input.ANY;
import static dev.millrace.transforms.aggregation.Input.CONDITION;
import static dev.millrace.transforms.aggregation.Input.NUMBER;
import static dev.millrace.transforms.aggregation.Input.ORDERED;
import static dev.millrace.transforms.aggregation.Input.TIME;
import static dev.millrace.transforms.aggregation.Input.VECTOR;

import dev.millrace.transforms.aggregation.Parameters.Whole;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every aggregation by its name. */
final class Functions {
  private static final Whole K = new Whole("k", 1, 10_000);
  private static final Whole BOUND = new Whole("bound", 1, 1_000_000);
  private static final Whole PRECISION = new Whole("precision", 4, 16);
  private static final Whole SIZE = new Whole("size", 1, 100_000);

  private static final Map<String, Function> BY_NAME = all();

  private Functions() {}

  /** Why a call cannot take inputs of these types, if it cannot. */
  static Optional<Problem> check(AggregateCall call, List<DataType> types) {
    Function function = BY_NAME.get(call.function());
    return function == null
        ? Optional.of(
            Problem.unknown("aggregation", call.function(), "'" + call + "'", BY_NAME.keySet()))
        : function.check(call, types);
  }

  /** The aggregation for inputs of these types. */
  static Aggregation<?> bind(AggregateCall call, List<DataType> types) {
    check(call, types)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem.message());
            });
    Function function = BY_NAME.get(call.function());
    if (function == null) {
      throw new IllegalStateException("checked before: " + call);
    }
    return function.binding().bind(call, types);
  }

  private static Map<String, Function> all() {
    Map<String, Function> all = new LinkedHashMap<>();
    all.put("count", of(ANY, (call, type) -> new Count()));
    all.put("sum", of(NUMBER, Functions::sum));
    all.put("avg", of(NUMBER, (call, type) -> new Average<>(sum(call, type))));
    all.put("min", of(ORDERED, (call, type) -> new Extreme(type, false)));
    all.put("max", of(ORDERED, (call, type) -> new Extreme(type, true)));
    all.put("profile", of(NUMBER, (call, type) -> new ProfileOf(type)));
    putConditions(all);
    putMoments(all);
    putRanked(all);
    putTallies(all);
    putDistributions(all);
    putVectors(all);
    all.put(
        "time_since_last",
        new Function(List.of(ANY, TIME), whole(), (call, types) -> new TimeSinceLast()));
    return all;
  }

  private static void putConditions(Map<String, Function> all) {
    all.put("count_if", of(CONDITION, (call, type) -> new Truths(Truths.Question.HOW_MANY)));
    all.put("bool_any", of(CONDITION, (call, type) -> new Truths(Truths.Question.ANY)));
    all.put("bool_all", of(CONDITION, (call, type) -> new Truths(Truths.Question.ALL)));
  }

  private static void putMoments(Map<String, Function> all) {
    for (Moment.Kind kind : Moment.Kind.values()) {
      all.put(
          kind.name().toLowerCase(java.util.Locale.ROOT),
          of(NUMBER, (call, type) -> new Moment(type, kind)));
    }
    for (CoMoment.Kind kind : CoMoment.Kind.values()) {
      all.put(
          kind.name().toLowerCase(java.util.Locale.ROOT),
          new Function(
              List.of(NUMBER, NUMBER),
              whole(),
              (call, types) -> new CoMoment(types.get(0), types.get(1), kind)));
    }
  }

  private static void putRanked(Map<String, Function> all) {
    List<Input> timed = List.of(ANY, TIME);
    List<Input> ranked = List.of(ORDERED);
    List<Input> byAnother = List.of(ANY, ORDERED, TIME);
    all.put("first", new Function(timed, whole(), ranked(RankOrder.FIRST, true)));
    all.put("last", new Function(timed, whole(), ranked(RankOrder.LAST, true)));
    all.put("first_k", new Function(timed, whole(K), ranked(RankOrder.FIRST, false)));
    all.put("last_k", new Function(timed, whole(K), ranked(RankOrder.LAST, false)));
    all.put("top_k", new Function(ranked, whole(K), ranked(RankOrder.LARGEST, false)));
    all.put("bottom_k", new Function(ranked, whole(K), ranked(RankOrder.SMALLEST, false)));
    all.put("top_k_by", new Function(byAnother, whole(K), ranked(RankOrder.OF_LARGEST, false)));
    all.put("bottom_k_by", new Function(byAnother, whole(K), ranked(RankOrder.OF_SMALLEST, false)));
  }

  private static Function.Binding ranked(RankOrder order, boolean single) {
    return (call, types) ->
        new Ranked(
            types.get(0),
            types.get(order.isByAnother() ? 1 : 0),
            order,
            single ? 1 : Parameters.whole(call, 0),
            single);
  }

  private static void putTallies(Map<String, Function> all) {
    List<Input> any = List.of(ANY);
    all.put(
        "count_distinct",
        new Function(
            any, whole(BOUND), (call, types) -> new Distinct(tally(call, types, 0, false), false)));
    all.put(
        "collect_distinct",
        new Function(
            any, whole(BOUND), (call, types) -> new Distinct(tally(call, types, 0, false), true)));
    all.put(
        "most_frequent_k",
        new Function(
            any,
            whole(K, BOUND),
            (call, types) ->
                new MostFrequent(tally(call, types, 1, true), Parameters.whole(call, 0))));
    all.put(
        "approx_count_distinct",
        new Function(
            any,
            whole(PRECISION),
            (call, types) -> new ApproxDistinct(types.get(0), Parameters.whole(call, 0))));
  }

  private static Tally.Kind tally(
      AggregateCall call, List<DataType> types, int bound, boolean counted) {
    return new Tally.Kind(call.toString(), types.get(0), Parameters.whole(call, bound), counted);
  }

  private static void putDistributions(Map<String, Function> all) {
    List<Input> number = List.of(NUMBER);
    all.put(
        "approx_percentile",
        new Function(
            number, Parameters::checkShares, (call, types) -> percentile(call, types, true)));
    all.put(
        "approx_percentiles",
        new Function(
            number, Parameters::checkShares, (call, types) -> percentile(call, types, false)));
    all.put(
        "histogram",
        new Function(
            number,
            Parameters::checkBounds,
            (call, types) -> new BinCounts(types.get(0), Parameters.numbers(call))));
  }

  private static ApproxPercentile percentile(
      AggregateCall call, List<DataType> types, boolean single) {
    return new ApproxPercentile(types.get(0), Parameters.numbers(call), single);
  }

  private static void putVectors(Map<String, Function> all) {
    all.put("vector_sum", new Function(List.of(VECTOR), whole(SIZE), vector(false)));
    all.put("vector_mean", new Function(List.of(VECTOR), whole(SIZE), vector(true)));
  }

  private static Function.Binding vector(boolean mean) {
    return (call, types) ->
        new VectorSum(
            call.toString(), VectorSum.element(types.get(0)), Parameters.whole(call, 0), mean);
  }

  private static Function.Rule whole(Whole... wanted) {
    return call -> Parameters.checkWhole(call, List.of(wanted));
  }

  private interface OfOne {
    Aggregation<?> bind(AggregateCall call, DataType type);
  }

  private static Function of(Input input, OfOne binding) {
    return new Function(List.of(input), whole(), (call, types) -> binding.bind(call, types.get(0)));
  }

  private static SumAggregation<?> sum(AggregateCall call, DataType input) {
    if (input == PrimitiveType.DOUBLE || input == PrimitiveType.FLOAT) {
      return new FloatingSum(input);
    }
    return input instanceof DecimalType decimal
        ? new WholeSum(call.toString(), decimal)
        : new WholeSum(call.toString(), input);
  }
}
