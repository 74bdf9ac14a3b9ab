package dev.millrace.pipelines.core;

import dev.millrace.transforms.expression.Expressions;
import java.io.Serializable;

/** A column computed from one row by an expression of Spark SQL. */
public record NamedExpression(String name, String expression) implements Serializable {
  /** A column as it is. */
  public static NamedExpression column(String name) {
    return new NamedExpression(name, Expressions.quoted(name));
  }

  @Override
  public String toString() {
    return expression.equals(Expressions.quoted(name)) ? name : expression + " as " + name;
  }
}
