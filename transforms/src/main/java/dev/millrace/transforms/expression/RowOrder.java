package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.Schema;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.RowOrdering$;
import org.apache.spark.sql.types.DataType;
import scala.math.Ordering;

/**
 * Rows in the order of their columns as Spark SQL sorts them, and where that has none, as of 0.0
 * and -0.0, in the order of their canonical bytes. Rows that it has for equal are the same.
 */
public final class RowOrder {
  private RowOrder() {}

  public static Comparator<InternalRow> of(Schema schema) {
    List<DataType> types =
        schema.columns().stream().map(column -> CatalystTypes.toCatalyst(column.type())).toList();
    Ordering<InternalRow> columns =
        RowOrdering$.MODULE$.createNaturalAscendingOrdering(Scope.seq(types));
    CanonicalRow canonical = CanonicalRow.of(schema);
    return columns.thenComparing(canonical::bytes, Arrays::compareUnsigned);
  }
}
