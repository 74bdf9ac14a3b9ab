package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.type.Schema;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** Rows as Catalyst holds them; none of them is overwritten. */
record LocalRows(Schema schema, List<InternalRow> rows) {
  static LocalRows of(Rows plain) {
    return new LocalRows(
        plain.schema(),
        plain.values().stream().map(row -> PlainRows.toCatalyst(plain.schema(), row)).toList());
  }

  Rows plain() {
    return new Rows(schema, rows.stream().map(row -> PlainRows.fromCatalyst(schema, row)).toList());
  }

  int ordinal(String column) {
    return schema.names().indexOf(column);
  }
}
