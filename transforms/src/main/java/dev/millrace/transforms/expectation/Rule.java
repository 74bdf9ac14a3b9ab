package dev.millrace.transforms.expectation;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.expression.Expressions;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;

/**
 * What must hold. A row rule is a condition on one row; a null condition counts as held, but for
 * {@link NotNull}.
 */
public sealed interface Rule extends Serializable {
  /** The columns that the rule looks at. */
  List<String> columns();

  /** The rule in words, as a quarantined row's reason: {@code origin is null}. */
  String breach();

  /** A row rule, as a condition of Spark SQL. */
  sealed interface RowRule extends Rule {
    String condition();
  }

  record NotNull(String column) implements RowRule {
    @Override
    public List<String> columns() {
      return List.of(column);
    }

    @Override
    public String condition() {
      return Expressions.quoted(column) + " is not null";
    }

    @Override
    public String breach() {
      return column + " is null";
    }
  }

  /** Both bounds are allowed values. */
  record Between(String column, double least, double most) implements RowRule {
    public Between {
      if (!(least <= most)) {
        throw new IllegalArgumentException(
            "between(" + column + ", " + least + ", " + most + "): the lower bound comes first");
      }
    }

    @Override
    public List<String> columns() {
      return List.of(column);
    }

    @Override
    public String condition() {
      return Expressions.quoted(column) + " between " + literal(least) + " and " + literal(most);
    }

    @Override
    public String breach() {
      return column + " is outside [" + text(least) + ", " + text(most) + "]";
    }

    private static String literal(double bound) {
      return Double.isInfinite(bound) ? "double('" + bound + "')" : bound + "D";
    }
  }

  /** Any condition of Spark SQL over the row, and what is said of a row for which it is false. */
  record Satisfies(String condition, String breach) implements RowRule {
    @Override
    public List<String> columns() {
      return List.of();
    }
  }

  /** No two rows agree in all of the columns; of those that do, one is kept. */
  record Unique(List<String> columns) implements Rule {
    public Unique {
      columns = List.copyOf(columns);
      if (columns.isEmpty()) {
        throw new IllegalArgumentException("unique(...) takes at least one column");
      }
    }

    @Override
    public String breach() {
      return "duplicate of another row in (" + String.join(", ", columns) + ")";
    }
  }

  /** A rule that no single row breaks. */
  sealed interface WholeRule extends Rule {
    @Override
    default List<String> columns() {
      return List.of();
    }
  }

  /**
   * A number that is made of all rows, those set aside left out, is within bounds; that of no
   * values is not, but for a {@link Bounds.Share share}.
   *
   * @param name what the number is, as messages name it: {@code mean of delay}
   */
  record Metric(String name, AggregateCall call, Bounds bounds) implements WholeRule {
    @Override
    public String breach() {
      return bounds.breach(name);
    }

    /** The rule in words, and the number that breaks it. */
    public String breach(double value, Bounds.Past past) {
      String found = words(value);
      if (bounds instanceof Bounds.Within || bounds instanceof Bounds.Share) {
        return breach() + ": " + found;
      }
      Bounds.Within within = bounds.given(past);
      return bounds instanceof Bounds.Age
          ? breach() + " as of " + past.asOf() + ": " + found
          : breach()
              + ": "
              + found
              + ", not in ["
              + text(within.least())
              + ", "
              + text(within.most())
              + "]";
    }

    /** Whether a breach that was told is one of this rule, and of these bounds. */
    public boolean isTold(String told) {
      return told.equals(breach())
          || told.startsWith(breach() + ": ")
          || told.startsWith(breach() + " as of ");
    }

    /** The number in words: a time where its age is bounded. */
    public String words(double value) {
      if (bounds instanceof Bounds.Age) {
        return time(value);
      }
      return Double.isNaN(value) ? "not a number" : text(value);
    }

    private static String time(double micros) {
      return Double.isNaN(micros)
          ? "there is none"
          : Instant.EPOCH.plus((long) micros, ChronoUnit.MICROS).toString();
    }

    public boolean holds(double value, Bounds.Past past) {
      return bounds.holds(value, past);
    }
  }

  /** What the rows are read from has no columns beside those that are declared. */
  record OnlyDeclared() implements WholeRule {
    @Override
    public String breach() {
      return "there are columns that are not declared";
    }

    /** The rule in words, and the columns that break it. */
    public String breach(Collection<String> others) {
      return others.isEmpty() ? breach() : "columns " + others + " are not declared";
    }
  }

  static String text(double bound) {
    return bound == Math.rint(bound) && Math.abs(bound) < 1e15
        ? Long.toString((long) bound)
        : Double.toString(bound);
  }
}
