package dev.millrace.pipelines.conformance;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of a case, of plain values. */
record Row(List<@Nullable Object> values) {
  static Row row(@Nullable Object... values) {
    return new Row(Arrays.asList(values));
  }

  static Row nulls(int columns) {
    return new Row(Collections.nCopies(columns, null));
  }

  static List<List<@Nullable Object>> values(Row... rows) {
    return Arrays.stream(rows).map(row -> row.values()).toList();
  }
}
