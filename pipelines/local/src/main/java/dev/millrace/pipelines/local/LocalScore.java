package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Score;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowProjection;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;

/** A scorer's results beside its rows. */
final class LocalScore {
  private LocalScore() {}

  static LocalRows score(Score score, LocalRows input) {
    RowProjection numbers =
        Expressions.compile(
            score.inputs().stream()
                .map(name -> "cast(" + Expressions.quoted(name) + " as double)")
                .toList(),
            input.schema());
    int width = score.inputs().size();
    double[] features = new double[input.rows().size() * width];
    for (int i = 0; i < input.rows().size(); i++) {
      InternalRow row = numbers.apply(input.rows().get(i));
      for (int j = 0; j < width; j++) {
        features[i * width + j] = row.isNullAt(j) ? Double.NaN : row.getDouble(j);
      }
    }
    double[] results = score.scorer().score(features, input.rows().size());
    List<InternalRow> rows = new ArrayList<>();
    for (int i = 0; i < results.length; i++) {
      rows.add(
          new JoinedRow(input.rows().get(i), new GenericInternalRow(new Object[] {results[i]})));
    }
    return new LocalRows(score.schema(), rows);
  }
}
