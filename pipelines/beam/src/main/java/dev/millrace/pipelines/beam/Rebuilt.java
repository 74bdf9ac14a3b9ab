package dev.millrace.pipelines.beam;

import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Rows of any form as the rows that travel between steps. */
final class Rebuilt {
  private final RowProjection projection;

  private Rebuilt(RowProjection projection) {
    this.projection = projection;
  }

  /** Whole rows of a schema. */
  static Rebuilt rows(Schema schema) {
    return columns(schema, schema.names());
  }

  /** Some columns of them. */
  static Rebuilt columns(Schema schema, List<String> columns) {
    Map<String, String> same = new LinkedHashMap<>();
    columns.forEach(name -> same.put(name, Expressions.quoted(name)));
    return new Rebuilt(Compiled.projection(same, schema));
  }

  /** A row of its own, which nothing overwrites. */
  UnsafeRow of(InternalRow row) {
    return ((UnsafeRow) projection.apply(row)).copy();
  }
}
