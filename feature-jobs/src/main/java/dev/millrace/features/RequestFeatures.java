package dev.millrace.features;

import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.expression.PlainValues;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Features that are computed when they are asked for, of what the request holds and the stored
 * features.
 *
 * @param columns of the request
 * @param read the columns, of those and of the stored features, that the expressions name
 */
record RequestFeatures(List<Column> columns, Schema read, Optional<RowProjection> projection) {
  /** Reports all that does not fit. */
  static RequestFeatures of(
      List<Column> columns, List<Column> stored, List<NamedText> features, Problems problems) {
    Set<String> names = new HashSet<>();
    List<Column> known = new ArrayList<>();
    for (Column column : columns) {
      if (addName(names, "Request column", column.name(), problems)) {
        known.add(column);
      }
    }
    for (Column column : stored) {
      if (names.add(column.name())) {
        known.add(column);
      }
    }
    Schema schema = new Schema(known);
    Map<String, String> texts = new LinkedHashMap<>();
    Set<String> used = new TreeSet<>();
    for (NamedText feature : features) {
      addName(names, "Request feature", feature.name(), problems);
      Expressions.check(
              feature.text(), "request feature '" + feature.name() + "'", schema, problems)
          .ifPresent(type -> used.addAll(Expressions.columns(feature.text(), schema)));
      texts.put(feature.name(), feature.text());
    }
    if (!problems.isEmpty() || texts.isEmpty()) {
      return new RequestFeatures(columns, new Schema(List.of()), Optional.empty());
    }
    Schema read = new Schema(known.stream().filter(each -> used.contains(each.name())).toList());
    return new RequestFeatures(columns, read, Optional.of(Expressions.compile(texts, read)));
  }

  /** An expression and the name of its value. */
  record NamedText(String name, String text) {}

  private static boolean addName(Set<String> names, String kind, String name, Problems problems) {
    if (!names.add(name)) {
      problems.add(
          kind + " '" + name + "' of " + problems.definition() + " is there already",
          "a value has one meaning",
          "Rename one of them");
      return false;
    }
    return true;
  }

  /** Puts their values into a vector that holds those of the stored features. */
  void present(Map<String, ?> request, Map<String, @Nullable Object> vector) {
    if (projection.isEmpty()) {
      return;
    }
    List<@Nullable Object> row = new ArrayList<>(read.columns().size());
    for (Column column : read.columns()) {
      boolean stored = vector.containsKey(column.name());
      row.add(stored ? vector.get(column.name()) : request.get(column.name()));
    }
    Schema results = projection.get().schema();
    List<@Nullable Object> values = PlainRows.project(projection.get(), read, row);
    for (int i = 0; i < values.size(); i++) {
      vector.put(results.columns().get(i).name(), values.get(i));
    }
  }

  /** Refuses a request's value of another type than its column's. */
  void check(Map<String, ?> request) {
    for (Column column : columns) {
      try {
        PlainValues.toCatalyst(column.type(), request.get(column.name()));
      } catch (MillraceException unfit) {
        throw unfit.of("request column '" + column.name() + "'");
      }
    }
  }
}
