package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;

import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.FirstRow;
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
    FirstRow order = FirstRow.of(deduplicate.schema(), deduplicate.keys(), deduplicate.eventTime());
    FlatMapFunction<Iterator<InternalRow>, InternalRow> pass = each -> new Pass(each, order);
    return session.internalCreateDataFrame(
        sorted.queryExecution().toRdd().toJavaRDD().mapPartitions(pass).rdd(),
        CatalystTypes.toCatalyst(deduplicate.schema()),
        false);
  }

  private static final class Pass implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final FirstRow order;
    private @Nullable InternalRow waiting;

    Pass(Iterator<InternalRow> rows, FirstRow order) {
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
      byte[] key = order.key(first);
      while (rows.hasNext()) {
        InternalRow row = rows.next().copy();
        if (!Arrays.equals(key, order.key(row))) {
          waiting = row;
          break;
        }
        first = order.isBefore(row, first) ? row : first;
      }
      return first;
    }
  }
}
