package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.expression.CatalystTypes;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/** The keys that stand first in a row. */
final class KeyValues {
  private KeyValues() {}

  static DataType[] types(WindowAggregate aggregate) {
    return aggregate.keys().stream()
        .map(key -> CatalystTypes.toCatalyst(key.type()))
        .toArray(DataType[]::new);
  }

  static Object[] of(InternalRow row, DataType[] types) {
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      values[i] = row.get(i, types[i]);
    }
    return values;
  }
}
