package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.lit;

import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;

/** Holds what lies at a location against what the plan says of it. */
final class ScanColumns {
  private ScanColumns() {}

  /**
   * The plan's columns with its types; every column that is not there or does not fit is named at
   * once.
   */
  static Dataset<Row> select(Dataset<Row> rows, Scan scan, String where) {
    Problems problems = new Problems(where);
    List<org.apache.spark.sql.Column> columns = new ArrayList<>();
    List<String> known = Arrays.asList(rows.columns());
    for (Column column : scan.schema().columns()) {
      if (!known.contains(column.name()) && scan.mayLack(column)) {
        columns.add(lit(null).cast(CatalystTypes.toCatalyst(column.type())).as(column.name()));
        continue;
      }
      if (!known.contains(column.name())) {
        problems.add(Problem.unknown("column", column.name(), where, known));
        continue;
      }
      DataType found = rows.schema().apply(column.name()).dataType();
      DataType wanted = CatalystTypes.toCatalyst(column.type());
      if (!Selection.keeps(found, wanted)) {
        problems.add(
            "Column '"
                + column.name()
                + "' of "
                + where
                + " is a "
                + found.sql().toLowerCase(java.util.Locale.ROOT),
            "the source declares it as " + column.type().sql() + ", and that would lose values",
            "Declare the type that it has, or convert the data");
      }
      columns.add(rows.col(Expressions.quoted(column.name())).cast(wanted).as(column.name()));
    }
    problems.throwIfAny();
    return rows.select(columns.toArray(org.apache.spark.sql.Column[]::new));
  }
}
