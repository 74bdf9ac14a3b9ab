package dev.millrace.pipelines.core;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Rows that happened at a time to something that keys name, and the features made of them.
 *
 * @param definition what they are of, as messages name it
 * @param rows the input
 * @param keys the columns that name an entity; a row with a null among them belongs to none
 * @param eventTime the column of the time that it happened, a timestamp; a row without one happened
 *     never
 * @param availableAt the column of the time from which on it is known, where that is another; a row
 *     without one is never known. What is known at a time has happened before it, too
 * @param features in the order of their values
 */
public record Events(
    String definition,
    Node rows,
    List<String> keys,
    String eventTime,
    Optional<String> availableAt,
    List<WindowedFeature> features)
    implements Serializable {

  /** The columns that stand beside the keys: in the input, in tiles and beside values. */
  private static final Set<String> BESIDE_KEYS =
      Set.of("event_time", "seen_after", "hop", "hop_start", "tile", "end", "time");

  /** Events that are known as soon as they have happened. */
  public Events(
      String definition,
      Node rows,
      List<String> keys,
      String eventTime,
      List<WindowedFeature> features) {
    this(definition, rows, keys, eventTime, Optional.empty(), features);
  }

  /** Checks columns, expressions and aggregations against the rows. */
  public Events {
    keys = List.copyOf(keys);
    features = List.copyOf(features);
    Problems problems = new Problems(definition);
    Schema schema = rows.schema();
    for (String key : keys) {
      if (!schema.has(key)) {
        problems.add(Problem.unknown("key", key, definition, schema.names()));
      } else if (!EntityKey.isKeyType(schema.column(key).type())) {
        problems.add(
            "Key '" + key + "' of " + definition + " is a " + schema.column(key).type().sql(),
            "a key's value must have one byte form",
            "Use text, a whole number, a date or a boolean");
      }
    }
    checkNames(definition, keys, problems);
    TimeColumn.check("event time", eventTime, schema, definition, problems);
    availableAt.ifPresent(
        column -> TimeColumn.check("available-at", column, schema, definition, problems));
    Set<String> names = new HashSet<>();
    for (WindowedFeature feature : features) {
      if (!names.add(feature.name())) {
        problems.add(
            "Feature '" + feature.name() + "' is declared twice in " + definition,
            "a value has one meaning",
            "Rename one of them");
      }
      feature.window().problem("feature '" + feature.name() + "'").ifPresent(problems::add);
      check(feature, schema, problems);
      if (availableAt.isPresent() && feature.window().isSession()) {
        problems.add(
            "Window '"
                + feature.window().name()
                + "' of feature '"
                + feature.name()
                + "' is a session",
            "rows with an available-at become known out of order, and one may join two sessions",
            "Use a window such as Window.hours(1), or rows without available-at");
      }
    }
    problems.throwIfAny();
  }

  private static void checkNames(String definition, List<String> keys, Problems problems) {
    Set<String> names = new HashSet<>();
    for (String key : keys) {
      if (!names.add(key)) {
        problems.add(
            "Key '" + key + "' of " + definition + " is named twice",
            "once says it",
            "Leave one out");
      }
      if (BESIDE_KEYS.contains(key) || key.matches("input_\\d+")) {
        problems.add(
            "Key '" + key + "' of " + definition + " has the name of another column",
            "one named '" + key + "' stands beside the keys in what is made of them",
            "Rename the key");
      }
    }
  }

  private static void check(WindowedFeature feature, Schema schema, Problems problems) {
    List<DataType> inputs = new ArrayList<>();
    for (String input : feature.call().inputs()) {
      if (input.equals(AggregateCall.EVENT_TIME)) {
        inputs.add(PrimitiveType.TIMESTAMP);
        continue;
      }
      Expressions.check(input, "feature '" + feature.name() + "'", schema, problems)
          .ifPresent(inputs::add);
    }
    if (inputs.size() == feature.call().inputs().size()) {
      Aggregations.check(feature.call(), inputs).ifPresent(problems::add);
    }
  }

  /**
   * The rows reduced to what the features need: the keys as they are, {@code event_time}, {@code
   * seen_after} and each distinct input of an aggregation as {@code input_0}, {@code input_1}, ...
   * A row is seen at times after {@code seen_after}, which is the event time where there is no
   * available-at.
   */
  public Project inputs() {
    List<NamedExpression> columns = new ArrayList<>();
    keys.forEach(key -> columns.add(NamedExpression.column(key)));
    String time = expression(AggregateCall.EVENT_TIME);
    columns.add(new NamedExpression("event_time", time));
    columns.add(
        new NamedExpression("seen_after", availableAt.map(at -> seenAfter(time, at)).orElse(time)));
    places()
        .forEach(
            (inputs, place) -> {
              for (int i = 0; i < inputs.size(); i++) {
                columns.add(new NamedExpression("input_" + (place + i), expression(inputs.get(i))));
              }
            });
    StringBuilder known = new StringBuilder(Expressions.quoted(eventTime) + " is not null");
    Stream.concat(keys.stream(), availableAt.stream())
        .forEach(
            name -> known.append(" and ").append(Expressions.quoted(name)).append(" is not null"));
    return Project.of(definition, rows, columns, Optional.of(known.toString()));
  }

  private static String seenAfter(String time, String availableAt) {
    return "greatest("
        + time
        + ", "
        + Expressions.quoted(availableAt)
        + " - interval '0.000001' second)";
  }

  /** Whether rows are first seen in the order that they happened in. */
  public boolean isSeenInOrder() {
    return availableAt.isEmpty();
  }

  private String expression(String input) {
    return input.equals(AggregateCall.EVENT_TIME) ? Expressions.quoted(eventTime) : input;
  }

  /**
   * The aggregations bound to rows that hold the columns of {@link #inputs}, {@code input_0}
   * standing at {@code firstInput}.
   */
  public List<WindowedAggregation> bind(int firstInput) {
    Schema schema = inputs().schema();
    List<WindowedAggregation> bound = new ArrayList<>();
    for (WindowedFeature feature : features) {
      AggregateCall call = feature.call();
      int place = Objects.requireNonNull(places().get(call.inputs()));
      List<DataType> types = new ArrayList<>();
      for (int i = 0; i < call.inputs().size(); i++) {
        types.add(schema.column("input_" + (place + i)).type());
      }
      bound.add(
          new WindowedAggregation(
              feature.name(),
              call,
              Aggregations.bind(call, types),
              firstInput + place,
              feature.window()));
    }
    return bound;
  }

  /** The columns of the features' values. */
  public List<Column> values() {
    List<WindowedAggregation> bound = bind(0);
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      columns.add(new Column(features.get(i).name(), bound.get(i).aggregation().resultType()));
    }
    return columns;
  }

  /** Where the inputs of each call stand among all of them; equal inputs stand once. */
  private Map<List<String>, Integer> places() {
    Map<List<String>, Integer> places = new LinkedHashMap<>();
    int next = 0;
    for (WindowedFeature feature : features) {
      List<String> inputs = feature.call().inputs();
      if (!places.containsKey(inputs)) {
        places.put(inputs, next);
        next += inputs.size();
      }
    }
    return places;
  }
}
