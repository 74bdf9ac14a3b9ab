package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.transforms.expression.CanonicalRow;
import java.nio.ByteBuffer;
import java.util.List;

/** Rows whose order says nothing. */
final class RowSets {
  private RowSets() {}

  /** Whether both have the same columns and the same rows, each as often. */
  static boolean same(Rows a, Rows b) {
    return a.schema().equals(b.schema()) && sorted(a).equals(sorted(b));
  }

  private static List<ByteBuffer> sorted(Rows rows) {
    CanonicalRow canonical = CanonicalRow.of(rows.schema());
    return LocalRows.of(rows).rows().stream()
        .map(row -> ByteBuffer.wrap(canonical.bytes(row)))
        .sorted()
        .toList();
  }
}
