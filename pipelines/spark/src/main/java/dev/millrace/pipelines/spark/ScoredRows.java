package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Scorer;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.types.StructType;

/** Adds a scorer's results, a batch of rows at a time. */
final class ScoredRows {
  private static final int BATCH = 4096;

  private ScoredRows() {}

  static Dataset<Row> score(SparkSession session, Score score, Dataset<Row> rows) {
    List<String> names = List.of(rows.columns());
    List<Input> inputs = new ArrayList<>();
    for (String name : score.inputs()) {
      inputs.add(new Input(names.indexOf(name), score.input().schema().column(name).type()));
    }
    Scorer scorer = score.scorer();
    FlatMapFunction<Iterator<InternalRow>, InternalRow> pass =
        partition -> new Batches(partition, new ArrayList<>(inputs), scorer);
    JavaRDD<InternalRow> scored = rows.queryExecution().toRdd().toJavaRDD().mapPartitions(pass);
    StructType schema = CatalystTypes.toCatalyst(score.schema());
    return session.internalCreateDataFrame(scored.rdd(), schema, false);
  }

  /** A numeric column, read as a double. */
  record Input(int ordinal, dev.millrace.transforms.type.DataType type)
      implements java.io.Serializable {
    double read(InternalRow row) {
      if (row.isNullAt(ordinal)) {
        return Double.NaN;
      }
      if (type instanceof DecimalType decimal) {
        return row.getDecimal(ordinal, decimal.precision(), decimal.scale()).toDouble();
      }
      return switch ((PrimitiveType) type) {
        case INT -> row.getInt(ordinal);
        case LONG -> row.getLong(ordinal);
        case FLOAT -> row.getFloat(ordinal);
        default -> row.getDouble(ordinal);
      };
    }
  }

  private static final class Batches implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final List<Input> inputs;
    private final Scorer scorer;
    private final ArrayDeque<InternalRow> scored = new ArrayDeque<>();

    Batches(Iterator<InternalRow> rows, List<Input> inputs, Scorer scorer) {
      this.rows = rows;
      this.inputs = inputs;
      this.scorer = scorer;
    }

    @Override
    public boolean hasNext() {
      if (scored.isEmpty() && rows.hasNext()) {
        scoreBatch();
      }
      return !scored.isEmpty();
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      return scored.removeFirst();
    }

    private void scoreBatch() {
      List<InternalRow> batch = new ArrayList<>(BATCH);
      double[] features = new double[BATCH * inputs.size()];
      while (batch.size() < BATCH && rows.hasNext()) {
        InternalRow row = rows.next().copy();
        for (int i = 0; i < inputs.size(); i++) {
          features[batch.size() * inputs.size() + i] = inputs.get(i).read(row);
        }
        batch.add(row);
      }
      double[] results = scorer.score(features, batch.size());
      for (int i = 0; i < batch.size(); i++) {
        InternalRow result = new GenericInternalRow(new Object[] {results[i]});
        scored.addLast(new JoinedRow(batch.get(i), result));
      }
    }
  }
}
