package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The plan's columns of the rows at a location. */
final class Scanned {
  private Scanned() {}

  static LocalRows select(Rows held, Scan scan) {
    if (held.schema().equals(scan.schema())) {
      return LocalRows.of(held);
    }
    String where = scan.location().toString();
    Problems problems = new Problems(where);
    List<String> known = held.schema().names();
    int[] places = new int[scan.schema().columns().size()];
    for (int i = 0; i < places.length; i++) {
      Column column = scan.schema().columns().get(i);
      places[i] = known.indexOf(column.name());
      if (places[i] < 0) {
        problems.add(Problem.unknown("column", column.name(), where, known));
      }
    }
    problems.throwIfAny();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<@Nullable Object> row : held.values()) {
      @Nullable Object[] values = new Object[places.length];
      for (int i = 0; i < places.length; i++) {
        values[i] = row.get(places[i]);
      }
      rows.add(Arrays.asList(values));
    }
    return LocalRows.of(new Rows(scan.schema(), rows));
  }
}
