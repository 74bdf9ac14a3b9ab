package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;

import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.transforms.expression.CanonicalRow;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** The first row of each key, in one pass over rows that are sorted by key within partitions. */
final class FirstRows {
  private FirstRows() {}

  static Dataset<Row> of(SparkSession session, Deduplicate deduplicate, Dataset<Row> rows) {
    Column[] keys =
        deduplicate.keys().stream().map(key -> col(Expressions.quoted(key))).toArray(Column[]::new);
    Dataset<Row> sorted = rows.repartition(keys).sortWithinPartitions(keys);
    Order order = Order.of(deduplicate);
    FlatMapFunction<Iterator<InternalRow>, InternalRow> pass = each -> new Pass(each, order);
    return session.internalCreateDataFrame(
        sorted.queryExecution().toRdd().toJavaRDD().mapPartitions(pass).rdd(),
        CatalystTypes.toCatalyst(deduplicate.schema()),
        false);
  }

  /** Which rows agree, and which of two is the first. */
  private record Order(CanonicalRow keys, CanonicalRow whole, int time) implements Serializable {
    static Order of(Deduplicate deduplicate) {
      Schema schema = deduplicate.schema();
      return new Order(
          CanonicalRow.of(schema, deduplicate.keys()),
          CanonicalRow.of(schema),
          schema.names().indexOf(deduplicate.eventTime()));
    }

    boolean isBefore(InternalRow a, InternalRow b) {
      if (a.isNullAt(time) != b.isNullAt(time)) {
        return b.isNullAt(time);
      }
      if (!a.isNullAt(time) && a.getLong(time) != b.getLong(time)) {
        return a.getLong(time) < b.getLong(time);
      }
      return Arrays.compareUnsigned(whole.bytes(a), whole.bytes(b)) < 0;
    }
  }

  private static final class Pass implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final Order order;
    private @Nullable InternalRow waiting;

    Pass(Iterator<InternalRow> rows, Order order) {
      this.rows = rows;
      this.order = order;
    }

    @Override
    public boolean hasNext() {
      return waiting != null || rows.hasNext();
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      InternalRow first = waiting != null ? waiting : rows.next().copy();
      waiting = null;
      byte[] key = order.keys().bytes(first);
      while (rows.hasNext()) {
        InternalRow row = rows.next().copy();
        if (!Arrays.equals(key, order.keys().bytes(row))) {
          waiting = row;
          break;
        }
        first = order.isBefore(row, first) ? row : first;
      }
      return first;
    }
  }
}
