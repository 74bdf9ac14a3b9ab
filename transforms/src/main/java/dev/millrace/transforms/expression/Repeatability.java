package dev.millrace.transforms.expression;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortArray;
import org.apache.spark.sql.catalyst.expressions.package$;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.JavaConverters;

/** Finds what an expression's value depends on besides its row. */
final class Repeatability {
  /**
   * A part of an expression that may have another value elsewhere.
   *
   * @param part as a person wrote it
   */
  record Culprit(String part, String why, String advice) {}

  /**
   * Deterministic to Catalyst, which replaces them once a query or draws a random vector inside;
   * not to a feature that is computed twice.
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
          "SparkVersion",
          "AesEncrypt");

  /** Text that Spark reads as a moment near the run's. */
  private static final Pattern MOMENT =
      Pattern.compile("\\s*(now|today|tomorrow|yesterday)\\b.*", Pattern.CASE_INSENSITIVE);

  private static final Pattern MOMENT_LITERAL =
      Pattern.compile(
          "\\b(date|timestamp|timestamp_ltz|timestamp_ntz)\\s*['\"]\\s*(now|today|tomorrow|yesterday)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Go by the JVM's locale where text is not of ASCII alone. */
  private static final Set<String> OF_THE_LOCALE = Set.of("Lower", "Upper", "InitCap", "ILike");

  /** The languages of which Java has letters of another case than of all others. */
  private static final Set<String> LOCALES = Set.of("tr", "az", "lt");

  private Repeatability() {}

  /** The first part that depends on more than the row, or none. */
  static Optional<Culprit> culprit(String text, Expression analysed) {
    Matcher literal = MOMENT_LITERAL.matcher(text);
    if (literal.find()) {
      return Optional.of(
          ofTheRun(literal.group(1) + " '" + literal.group(2).toLowerCase(Locale.ROOT) + "'"));
    }
    return Analysis.parts(analysed).stream().flatMap(part -> culprit(part).stream()).findFirst();
  }

  private static Optional<Culprit> culprit(Expression part) {
    String name = part.prettyName() + "()";
    if (dependsOnTheRun(part)) {
      return Optional.of(ofTheRun(part instanceof Cast ? part.sql() : name));
    }
    Optional<DataType> printed = Printed.asAnObject(part);
    if (printed.isPresent()) {
      return Optional.of(
          new Culprit(
              name + " of a " + printed.get().simpleString(),
              "it prints where that lies in this JVM's memory and not what it holds",
              "Turn it into text first, with hex(...), to_json(...) or cast(... as string)"));
    }
    if (OF_THE_LOCALE.contains(part.getClass().getSimpleName())
        && LOCALES.contains(Locale.getDefault().getLanguage())) {
      return Optional.of(
          new Culprit(
              name + " in a JVM of the locale " + Locale.getDefault().toLanguageTag(),
              "small and capital letters are others there, so that two JVMs would disagree",
              "Start this JVM, and each that runs a part of the plan, with -Duser.language=en"));
    }
    return sortsZerosByChance(part)
        ? Optional.of(
            new Culprit(
                name + " of numbers that are never null",
                "which of 0.0 and -0.0 comes first there depends on whether it is compiled",
                "Write array_sort(...)"))
        : Optional.empty();
  }

  private static Culprit ofTheRun(String part) {
    return new Culprit(
        part,
        "its value depends on the run and not on the row, so two engines or two runs would disagree",
        "Use the event time or another column");
  }

  /** Sorted as primitives by generated code, which has an order of both zeros, and else not. */
  private static boolean sortsZerosByChance(Expression part) {
    return part instanceof SortArray sort
        && Boolean.TRUE.equals(sort.ascendingOrder().eval(package$.MODULE$.EmptyRow()))
        && sort.base().dataType() instanceof ArrayType array
        && !array.containsNull()
        && (array.elementType().equals(DataTypes.DoubleType)
            || array.elementType().equals(DataTypes.FloatType));
  }

  private static boolean dependsOnTheRun(Expression part) {
    boolean itself =
        !part.deterministic()
            && JavaConverters.seqAsJavaList(part.children()).stream()
                .allMatch(Expression::deterministic);
    return itself
        || OF_THE_RUN.contains(part.getClass().getSimpleName())
        || (part instanceof Cast cast && isMoment(cast));
  }

  /** Spark's optimiser computes {@code cast('today' as date)} from the clock. */
  private static boolean isMoment(Cast cast) {
    boolean toTime =
        cast.dataType().equals(DataTypes.DateType)
            || cast.dataType().equals(DataTypes.TimestampType)
            || cast.dataType().equals(DataTypes.TimestampNTZType);
    if (!toTime
        || !cast.child().dataType().equals(DataTypes.StringType)
        || !cast.child().foldable()) {
      return false;
    }
    Object text = cast.child().eval(package$.MODULE$.EmptyRow());
    return text != null && MOMENT.matcher(text.toString()).matches();
  }
}
