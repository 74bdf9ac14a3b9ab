package dev.millrace.transforms.expression;

import dev.millrace.transforms.problem.NearNames;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.collection.JavaConverters;

/**
 * Spark SQL expressions, checked without a Spark session. An expression is one value computed from
 * one row: it names the columns of its schema and Spark's built-in scalar functions, gives the same
 * value for the same row whenever and wherever it runs, and holds no aggregate, window or subquery.
 */
public final class Expressions {
  /**
   * Deterministic to Catalyst, which replaces them once a query; not to a feature that is computed
   * twice.
   */
  private static final Set<String> OF_THE_RUN =
      Set.of(
          "CurrentTimestamp",
          "Now",
          "CurrentDate",
          "LocalTimestamp",
          "CurrentTimeZone",
          "CurrentUser",
          "CurrentDatabase",
          "CurrentCatalog",
          "SparkVersion");

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
    String where = part + " of " + problems.definition();
    try {
      return PinnedSettings.under(() -> checkPinned(text, where, schema, problems));
    } catch (RuntimeException failure) {
      problems.add("Cannot compile '" + text + "' in " + where, firstLine(failure), "");
      return Optional.empty();
    }
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

  private static Optional<DataType> checkPinned(
      String text, String where, Schema schema, Problems problems) {
    Expression parsed;
    try {
      parsed = Analysis.parse(text);
    } catch (AnalysisException syntax) {
      problems.add(
          "Cannot parse '" + text + "' in " + where,
          firstLine(syntax),
          "Write a Spark SQL expression");
      return Optional.empty();
    }
    if (!namesKnown(parsed, text, where, schema, problems)) {
      return Optional.empty();
    }
    Optional<Expression> analysed;
    try {
      analysed = Analysis.analyse(parsed, schema);
    } catch (AnalysisException failure) {
      problems.add("Cannot resolve '" + text + "' in " + where, firstLine(failure), "");
      return Optional.empty();
    }
    if (analysed.isEmpty()) {
      problems.add(
          "'" + text + "' in " + where + " takes more than one row",
          "an expression is computed from one row alone",
          "Declare a feature with an aggregation such as avg(...) over a window instead");
      return Optional.empty();
    }
    if (!repeatable(analysed.get(), text, where, problems)) {
      return Optional.empty();
    }
    Optional<DataType> type = CatalystTypes.fromCatalyst(analysed.get().dataType());
    if (type.isEmpty()) {
      problems.add(
          "'" + text + "' in " + where + " has type " + analysed.get().dataType().sql(),
          "Millrace stores no such type",
          "Cast it to one of boolean, int, bigint, float, double, decimal, string, binary, date, timestamp");
    }
    return type;
  }

  private static boolean namesKnown(
      Expression parsed, String text, String where, Schema schema, Problems problems) {
    boolean known = true;
    for (Expression part : Analysis.parts(parsed)) {
      if (part instanceof UnresolvedAttribute column && !schema.has(column.name())) {
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

  private static boolean repeatable(
      Expression analysed, String text, String where, Problems problems) {
    Optional<Expression> culprit =
        Analysis.parts(analysed).stream().filter(Expressions::dependsOnTheRun).findFirst();
    culprit.ifPresent(
        part ->
            problems.add(
                "'" + text + "' in " + where + " uses " + part.prettyName() + "()",
                "its value depends on the run and not on the row, so two engines or two runs would disagree",
                "Use the event time or another column"));
    return culprit.isEmpty();
  }

  private static boolean dependsOnTheRun(Expression part) {
    boolean itself =
        !part.deterministic()
            && JavaConverters.seqAsJavaList(part.children()).stream()
                .allMatch(Expression::deterministic);
    return itself || OF_THE_RUN.contains(part.getClass().getSimpleName());
  }

  private static String firstLine(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).strip();
    // "[ERROR_CLASS] sentence. SQLSTATE: ...; line 1 pos 0" and then the plan.
    String line = message.lines().findFirst().orElse(failure.getClass().getSimpleName());
    line =
        line.replaceFirst("^\\[[A-Z_.0-9]+\\]\\s*", "")
            .replaceFirst(";? ?line \\d+ pos \\d+.*$", "");
    return line.replaceFirst("\\s*SQLSTATE: \\w+", "").replaceFirst("[.;]+$", "");
  }
}
