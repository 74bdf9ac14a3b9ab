package dev.millrace.benchmarks.pit;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Millrace's plan of an as-of join on its Spark engine; the sums are a whole aggregate of it. */
final class Ours implements Contender {
  private static final String WHAT = "the benchmark";

  private final SparkEngine engine;

  Ours(SparkEngine engine) {
    this.engine = engine;
  }

  @Override
  public String name() {
    return "Millrace";
  }

  @Override
  public Answer answer(Question question) {
    List<Object> sums = engine.collect(sums(join(question), question.windows())).values().get(0);
    return new Answer(
        (Long) sums.get(1),
        (Long) sums.get(2),
        whole(sums.get(3)),
        (Double) sums.get(4),
        number(sums.get(5)));
  }

  private static long whole(Object sum) {
    return sum == null ? 0 : (Long) sum;
  }

  private static double number(Object sum) {
    return sum == null ? 0 : (Double) sum;
  }

  static AsOfJoin join(Question question) {
    List<WindowedFeature> features = new ArrayList<>();
    features.add(new WindowedFeature("latest", Aggregations.last("x"), Window.lifetime()));
    for (Window window : question.windows()) {
      for (AggregateCall call : calls()) {
        features.add(new WindowedFeature(call.function() + "_" + window.name(), call, window));
      }
    }
    Events events = new Events(WHAT, scan(question.events(), true), List.of("k"), "t", features);
    return new AsOfJoin(
        WHAT, scan(question.labels(), false), "t", List.of(new AsOfJoin.Lookup("v", events)));
  }

  private static List<AggregateCall> calls() {
    return List.of(
        Aggregations.count("x"),
        Aggregations.avg("x"),
        Aggregations.min("x"),
        Aggregations.max("x"));
  }

  private static Scan scan(String path, boolean valued) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("k", PrimitiveType.STRING));
    columns.add(new Column("t", PrimitiveType.TIMESTAMP));
    if (valued) {
      columns.add(new Column("x", PrimitiveType.DOUBLE));
    }
    return new Scan(new Location.Files(Location.Files.Format.PARQUET, path), new Schema(columns));
  }

  /** Sums over all labels, in a lifetime that ends after them. */
  private static Node sums(Node joined, List<Window> windows) {
    List<NamedExpression> columns =
        List.of(
            NamedExpression.column("t"),
            new NamedExpression("latest", "v__latest"),
            new NamedExpression("counts", each(windows, "coalesce(v__count_%s, 0)", "0L")),
            new NamedExpression(
                "extremes", each(windows, "coalesce(v__min_%1$s + v__max_%1$s, 0)", "0D")),
            new NamedExpression("averages", each(windows, "coalesce(v__avg_%s, 0)", "0D")));
    Node summed = Project.of(WHAT, joined, columns, Optional.empty());
    Window all = Window.lifetime();
    return new WindowAggregate(
        new Events(
            WHAT,
            summed,
            List.of(),
            "t",
            List.of(
                new WindowedFeature("labels", Aggregations.count(), all),
                new WindowedFeature("latest", Aggregations.count("latest"), all),
                new WindowedFeature("counts", Aggregations.sum("counts"), all),
                new WindowedFeature("extremes", Aggregations.sum("extremes"), all),
                new WindowedFeature("averages", Aggregations.sum("averages"), all))),
        Emit.Every.once(Instant.parse("2100-01-01T00:00:00Z")));
  }

  private static String each(List<Window> windows, String expression, String none) {
    return windows.isEmpty()
        ? none
        : windows.stream()
            .map(window -> expression.formatted(window.name()))
            .collect(Collectors.joining(" + "));
  }

  @Override
  public void close() {
    engine.close();
  }
}
