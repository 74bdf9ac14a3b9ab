package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.expression.Selection;

/** The plan's columns of the rows at a location. */
final class Scanned {
  private Scanned() {}

  static LocalRows select(Rows held, Scan scan) {
    if (held.schema().equals(scan.schema())) {
      return LocalRows.of(held);
    }
    RowProjection select =
        Expressions.compile(
            Selection.of(held.schema(), scan.schema(), scan.location().toString(), scan::mayLack),
            held.schema());
    return new LocalRows(
        scan.schema(),
        LocalRows.of(held).rows().stream().map(row -> select.apply(row).copy()).toList());
  }
}
