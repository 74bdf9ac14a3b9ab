package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Cast;

/** The plan's columns of the rows at a location. */
final class Scanned {
  private Scanned() {}

  static LocalRows select(Rows held, Scan scan) {
    if (held.schema().equals(scan.schema())) {
      return LocalRows.of(held);
    }
    String where = scan.location().toString();
    Problems problems = new Problems(where);
    Map<String, String> columns = new LinkedHashMap<>();
    for (Column wanted : scan.schema().columns()) {
      Optional<Column> found = held.schema().find(wanted.name());
      if (found.isEmpty()) {
        problems.add(Problem.unknown("column", wanted.name(), where, held.schema().names()));
        continue;
      }
      DataType type = found.get().type();
      boolean same = type.equals(wanted.type());
      if (!same
          && !Cast.canUpCast(
              CatalystTypes.toCatalyst(type), CatalystTypes.toCatalyst(wanted.type()))) {
        problems.add(
            "Column '" + wanted.name() + "' of " + where + " is a " + type.sql(),
            "the source declares it as " + wanted.type().sql() + ", and that would lose values",
            "Declare the type that it has, or convert the data");
      }
      String name = Expressions.quoted(wanted.name());
      columns.put(wanted.name(), same ? name : "cast(" + name + " as " + wanted.type().sql() + ")");
    }
    problems.throwIfAny();
    RowProjection select = Expressions.compile(columns, held.schema());
    return new LocalRows(
        scan.schema(),
        LocalRows.of(held).rows().stream().map(row -> select.apply(row).copy()).toList());
  }
}
