package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Scorer;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A scorer's results beside rows; it is given those of one time and window many at once. */
final class Scored extends DoFn<UnsafeRow, UnsafeRow> {
  private static final long serialVersionUID = 1L;
  private static final int AT_ONCE = 1024;

  private record Slot(Instant time, BoundedWindow window) {}

  private final Scorer scorer;
  private final ArrayList<String> inputs;
  private final Schema rows;
  private final Schema scored;
  private transient @Nullable RowProjection numbers;
  private transient @Nullable Rebuilt rebuilt;
  private transient @Nullable Map<Slot, List<UnsafeRow>> waiting;

  Scored(Score score) {
    this.scorer = score.scorer();
    this.inputs = new ArrayList<>(score.inputs());
    this.rows = score.input().schema();
    this.scored = score.schema();
  }

  @Setup
  public void setup() {
    Map<String, String> columns = new LinkedHashMap<>();
    inputs.forEach(name -> columns.put(name, "cast(" + Expressions.quoted(name) + " as double)"));
    numbers = Compiled.projection(columns, rows);
    rebuilt = Rebuilt.rows(scored);
  }

  @StartBundle
  public void start() {
    waiting = new LinkedHashMap<>();
  }

  @ProcessElement
  public void process(
      @Element UnsafeRow row,
      @Timestamp Instant time,
      BoundedWindow window,
      OutputReceiver<UnsafeRow> out) {
    List<UnsafeRow> beside =
        Objects.requireNonNull(waiting)
            .computeIfAbsent(new Slot(time, window), none -> new ArrayList<>());
    beside.add(row);
    if (beside.size() == AT_ONCE) {
      score(beside, out::output);
      beside.clear();
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    Objects.requireNonNull(waiting)
        .forEach(
            (slot, beside) ->
                score(beside, row -> context.output(row, slot.time(), slot.window())));
  }

  private void score(List<UnsafeRow> beside, Consumer<UnsafeRow> out) {
    if (beside.isEmpty()) {
      return;
    }
    int width = inputs.size();
    double[] features = new double[beside.size() * width];
    for (int i = 0; i < beside.size(); i++) {
      InternalRow values = Objects.requireNonNull(numbers).apply(beside.get(i));
      for (int j = 0; j < width; j++) {
        features[i * width + j] = values.isNullAt(j) ? Double.NaN : values.getDouble(j);
      }
    }
    double[] results = scorer.score(features, beside.size());
    for (int i = 0; i < results.length; i++) {
      InternalRow result = new GenericInternalRow(new Object[] {results[i]});
      out.accept(Objects.requireNonNull(rebuilt).of(new JoinedRow(beside.get(i), result)));
    }
  }
}
