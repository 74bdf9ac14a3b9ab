package dev.millrace.transforms.expression;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.package$;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.JavaConverters;

/** Finds what an expression's value depends on besides its row. */
final class Repeatability {
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

  private Repeatability() {}

  /** The part that depends on the run, as a person wrote it, or none. */
  static Optional<String> culprit(String text, Expression analysed) {
    Matcher literal = MOMENT_LITERAL.matcher(text);
    if (literal.find()) {
      return Optional.of(literal.group(1) + " '" + literal.group(2).toLowerCase(Locale.ROOT) + "'");
    }
    List<Expression> parts = Analysis.parts(analysed);
    return parts.stream()
        .filter(Repeatability::dependsOnTheRun)
        .findFirst()
        .map(part -> part instanceof Cast ? part.sql() : part.prettyName() + "()");
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
