package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.jspecify.annotations.Nullable;

/** Rows of {@link PlainValues}, and as Catalyst holds them. */
public final class PlainRows {
  private PlainRows() {}

  /** Catalyst's row of one value for each column. */
  public static InternalRow toCatalyst(Schema schema, List<? extends @Nullable Object> values) {
    if (values.size() != schema.columns().size()) {
      throw new IllegalArgumentException(
          "a row of " + values.size() + " values is none of " + schema);
    }
    Object[] row = new Object[values.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = PlainValues.toCatalyst(schema.columns().get(i).type(), values.get(i));
    }
    return new GenericInternalRow(row);
  }

  /** The plain values of a row. */
  public static List<@Nullable Object> fromCatalyst(Schema schema, InternalRow row) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < schema.columns().size(); i++) {
      Column column = schema.columns().get(i);
      values.add(
          row.isNullAt(i)
              ? null
              : PlainValues.fromCatalyst(
                  column.type(), row.get(i, CatalystTypes.toCatalyst(column.type()))));
    }
    return values;
  }

  /** The plain results of expressions on a row of one plain value for each column. */
  public static List<@Nullable Object> project(
      RowProjection expressions, Schema schema, List<? extends @Nullable Object> values) {
    return fromCatalyst(expressions.schema(), expressions.apply(toCatalyst(schema, values)));
  }
}
