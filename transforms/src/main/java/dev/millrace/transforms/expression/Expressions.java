package dev.millrace.transforms.expression;

import dev.millrace.transforms.expression.Repeatability.Culprit;
import dev.millrace.transforms.expression.Scope.Checked;
import dev.millrace.transforms.problem.DefinitionException;
import dev.millrace.transforms.problem.NearNames;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.EvalMode$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnresolvedNamedLambdaVariable;
import scala.Option;

/**
 * Spark SQL expressions, checked without a Spark session. An expression is one value computed from
 * one row: it names the columns of its schema and Spark's built-in scalar functions, gives the same
 * value for the same row whenever and wherever it runs, and holds no aggregate, window or subquery.
 */
public final class Expressions {
  private Expressions() {}

  /**
   * The type of an expression's value, or empty with every reason added to {@code problems}.
   *
   * @param text the expression
   * @param part the part of the definition that it stands in, as messages name it
   * @param schema the columns that it may name
   */
  public static Optional<DataType> check(
      String text, String part, Schema schema, Problems problems) {
    return checked(text, part, schema, problems).map(Checked::type);
  }

  /** Like {@link #check}, for an expression that must be true, false or null. */
  public static void checkCondition(String text, String part, Schema schema, Problems problems) {
    check(text, part, schema, problems)
        .filter(type -> type != PrimitiveType.BOOLEAN)
        .ifPresent(
            type ->
                problems.add(
                    "'"
                        + text
                        + "' in "
                        + part
                        + " of "
                        + problems.definition()
                        + " is no condition",
                    "it is of type " + type.sql(),
                    "Write a comparison, such as '" + text + " > 0'"));
  }

  /**
   * Expressions ready to be computed on rows of the schema, for use by any number of threads.
   *
   * @param columns the results' names and the expressions that give them, each found good by {@link
   *     #check}
   * @throws DefinitionException naming each that is not
   */
  public static RowProjection compile(Map<String, String> columns, Schema schema) {
    Problems problems = new Problems("a projection");
    List<Column> results = new ArrayList<>();
    List<Expression> expressions = new ArrayList<>();
    columns.forEach(
        (name, text) ->
            checked(text, "column '" + name + "'", schema, problems)
                .ifPresent(
                    checked -> {
                      results.add(new Column(name, checked.type()));
                      expressions.add(checked.expression());
                    }));
    problems.throwIfAny();
    return new RowProjection(new Schema(results), List.copyOf(columns.values()), expressions);
  }

  /**
   * Like {@link #compile(Map, Schema)}; the results are named {@code value_0}, {@code value_1}, ...
   */
  public static RowProjection compile(List<String> texts, Schema schema) {
    Map<String, String> columns = new LinkedHashMap<>();
    texts.forEach(text -> columns.put("value_" + columns.size(), text));
    return compile(columns, schema);
  }

  /** A condition ready to be tested on rows of the schema, for use by any number of threads. */
  public static RowPredicate compileCondition(String text, Schema schema) {
    Problems problems = new Problems("a filter");
    checkCondition(text, "the condition", schema, problems);
    Optional<Checked> checked = checked(text, "the condition", schema, problems);
    problems.throwIfAny();
    return new RowPredicate(text, checked.orElseThrow().expression());
  }

  /**
   * The columns that an expression names, of those of a schema.
   *
   * @throws DefinitionException if it is none
   */
  public static Set<String> columns(String text, Schema schema) {
    Problems problems = new Problems("an expression");
    checked(text, "the expression", schema, problems);
    problems.throwIfAny();
    return PinnedSettings.under(
        () -> {
          Set<String> names = new TreeSet<>();
          for (Expression part : Analysis.parts(parseKnown(text))) {
            if (part instanceof UnresolvedAttribute column) {
              names.add(column.nameParts().head());
            }
            // Within a lambda the parser takes any name for one of its variables.
            if (part instanceof UnresolvedNamedLambdaVariable variable
                && schema.has(variable.nameParts().head())) {
              names.add(variable.nameParts().head());
            }
          }
          return names;
        });
  }

  private static Expression parseKnown(String text) {
    try {
      return Analysis.parse(text);
    } catch (AnalysisException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A column's name as an expression that names it, whatever characters it has. */
  public static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  private static Optional<Checked> checked(
      String text, String part, Schema schema, Problems problems) {
    Scope scope = Scope.of(schema);
    Optional<Checked> known = scope.known(text);
    if (known.isPresent()) {
      return known;
    }
    String where = part + " of " + problems.definition();
    try {
      Optional<Checked> checked =
          PinnedSettings.under(() -> checkPinned(text, where, scope, schema, problems));
      checked.ifPresent(good -> scope.remember(text, good));
      return checked;
    } catch (RuntimeException failure) {
      problems.add("Cannot compile '" + text + "' in " + where, Failure.firstLine(failure), "");
      return Optional.empty();
    }
  }

  private static Optional<Checked> checkPinned(
      String text, String where, Scope scope, Schema schema, Problems problems) {
    Expression parsed;
    try {
      parsed = Analysis.parse(text);
    } catch (AnalysisException syntax) {
      problems.add(
          "Cannot parse '" + text + "' in " + where,
          Failure.firstLine(syntax),
          "Write a Spark SQL expression");
      return Optional.empty();
    }
    if (parsed instanceof UnresolvedAttribute column
        && column.nameParts().size() == 1
        && scope.has(column.nameParts().head())) {
      return Optional.of(scope.column(column.nameParts().head()));
    }
    if (!namesKnown(parsed, text, where, scope, schema, problems)) {
      return Optional.empty();
    }
    Optional<Expression> analysed;
    try {
      analysed = scope.analyse(parsed);
    } catch (AnalysisException failure) {
      problems.add("Cannot resolve '" + text + "' in " + where, Failure.firstLine(failure), "");
      return Optional.empty();
    }
    if (analysed.isEmpty()) {
      problems.add(
          "'" + text + "' in " + where + " takes more than one row",
          "an expression is computed from one row alone",
          "Declare a feature with an aggregation such as avg(...) over a window instead");
      return Optional.empty();
    }
    Optional<Culprit> culprit = Repeatability.culprit(text, analysed.get());
    if (culprit.isPresent()) {
      problems.add(
          "'" + text + "' in " + where + " uses " + culprit.get().part(),
          culprit.get().why(),
          culprit.get().advice());
      return Optional.empty();
    }
    Optional<String> division = ZeroDivision.find(analysed.get());
    if (division.isPresent()) {
      problems.add(
          "'" + text + "' in " + where + " divides by zero in " + division.get(),
          "division by zero is an error on every row, and never null or infinite",
          "Divide by something else, or write try_divide(...) where null is meant");
      return Optional.empty();
    }
    Optional<DataType> type = CatalystTypes.fromCatalyst(analysed.get().dataType());
    if (type.isEmpty()) {
      problems.add(
          "'" + text + "' in " + where + " has type " + analysed.get().dataType().sql(),
          "Millrace stores no such type",
          "Cast it to one of boolean, int, bigint, float, double, decimal, string, binary, date, timestamp");
      return Optional.empty();
    }
    return Optional.of(
        new Checked(scope.evaluable(asStored(analysed.get(), type.get())), type.get()));
  }

  /** A smallint is stored as an int: the value must be one too. */
  private static Expression asStored(Expression analysed, DataType type) {
    org.apache.spark.sql.types.DataType stored = CatalystTypes.toCatalyst(type);
    boolean same =
        org.apache.spark.sql.types.DataType.equalsStructurally(analysed.dataType(), stored, true);
    return same
        ? analysed
        : new Cast(analysed, stored, Option.apply("UTC"), EvalMode$.MODULE$.ANSI());
  }

  private static boolean namesKnown(
      Expression parsed, String text, String where, Scope scope, Schema schema, Problems problems) {
    boolean known = true;
    for (Expression part : Analysis.parts(parsed)) {
      if (part instanceof UnresolvedAttribute column && !scope.has(column.nameParts().head())) {
        problems.add(
            Problem.unknown("column", column.name(), "'" + text + "', " + where, schema.names()));
        known = false;
      }
      if (part instanceof UnresolvedFunction function) {
        String name = function.nameParts().mkString(".").toLowerCase(Locale.ROOT);
        Set<String> functions = Analysis.functions();
        if (!functions.contains(name)) {
          problems.add(
              "Cannot resolve function '" + name + "' in '" + text + "', " + where,
              "it is none of Spark SQL's built-in functions",
              NearNames.nearest(name, functions)
                  .map(near -> "Did you mean '" + near + "'?")
                  .orElse("Write it with built-in functions"));
          known = false;
        }
      }
    }
    return known;
  }
}
