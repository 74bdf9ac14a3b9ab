package dev.millrace.benchmarks.gate;

import com.amazon.deequ.analyzers.Analyzer;
import com.amazon.deequ.analyzers.Completeness;
import com.amazon.deequ.analyzers.Compliance;
import com.amazon.deequ.analyzers.Maximum;
import com.amazon.deequ.analyzers.Mean;
import com.amazon.deequ.analyzers.Minimum;
import com.amazon.deequ.analyzers.Size;
import com.amazon.deequ.analyzers.Sum;
import com.amazon.deequ.analyzers.runners.AnalysisRunner;
import com.amazon.deequ.metrics.DoubleMetric;
import com.amazon.deequ.metrics.Metric;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.expression.Expressions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import scala.collection.JavaConverters;

/**
 * Asks of Deequ's numbers, and of ours, whether they are at least, and at most, something close to
 * what Deequ found: within 1e-9 of it, on either side.
 */
final class Verdicts {
  private static final double CLOSE = 1e-9;

  private final SparkEngine engine;
  private final Scan scan;
  private final Path folder;
  private final List<AggregateCall> calls = new ArrayList<>();
  private final List<Analyzer<?, ?>> analyzers = new ArrayList<>();

  Verdicts(SparkEngine engine, Scan scan, Path folder) {
    this.engine = engine;
    this.scan = scan;
    this.folder = folder;
    add(Aggregations.count(), new Size(Option.empty()));
    for (String column : GateData.SCHEMA.names()) {
      String name = Expressions.quoted(column);
      add(
          Aggregations.avg("if(" + name + " is null, 0D, 1D)"),
          new Completeness(column, Option.empty(), Option.empty()));
    }
    for (String column : List.of("delay", "distance", "minutes", "fare", "hour")) {
      add(Aggregations.avg("double(" + column + ")"), new Mean(column, Option.empty()));
      add(Aggregations.sum("double(" + column + ")"), new Sum(column, Option.empty()));
      add(
          Aggregations.min("double(" + column + ")"),
          new Minimum(column, Option.empty(), Option.empty()));
      add(
          Aggregations.max("double(" + column + ")"),
          new Maximum(column, Option.empty(), Option.empty()));
    }
    for (String condition :
        List.of("origin = ''", "note is null", "isnan(ratio)", "fare > 500", "delay < 0")) {
      add(
          Aggregations.avg("if(" + condition + ", 1D, 0D)"),
          new Compliance(
              condition,
              "coalesce(" + condition + ", false)",
              Option.empty(),
              JavaConverters.asScalaBuffer(List.<String>of()).toList(),
              Option.empty()));
    }
  }

  private void add(AggregateCall call, Analyzer<?, ?> analyzer) {
    calls.add(call);
    analyzers.add(analyzer);
  }

  long differing() {
    // Deequ's analyzers of a row's condition fail in a session with ANSI settings.
    SparkSession theirs = engine.session().newSession();
    theirs.conf().set("spark.sql.ansi.enabled", "false");
    Dataset<Row> rows =
        theirs
            .read()
            .parquet(((dev.millrace.pipelines.core.Location.Files) scan.location()).path());
    var run = AnalysisRunner.onData(rows);
    for (Analyzer<?, ?> analyzer : analyzers) {
      run = run.addAnalyzer(unchecked(analyzer));
    }
    var found = run.run().metricMap();
    List<Expectation> asked = new ArrayList<>();
    List<Boolean> wanted = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      DoubleMetric metric = (DoubleMetric) found.apply(unchecked(analyzers.get(i)));
      double value = (double) metric.value().get();
      double step = Math.max(Math.abs(value), 1) * CLOSE;
      for (double bound : new double[] {value - step, value + step}) {
        asked.add(
            Expectations.metric("n" + asked.size(), calls.get(i), bound, Double.POSITIVE_INFINITY));
        wanted.add(value >= bound);
        asked.add(
            Expectations.metric("n" + asked.size(), calls.get(i), Double.NEGATIVE_INFINITY, bound));
        wanted.add(value <= bound);
      }
    }
    List<ExpectationResult> ours =
        engine
            .run(
                new Write(
                    new Expect(
                        "the verdicts",
                        scan,
                        asked.stream().map(Expectation::orWarn).toList(),
                        folder.resolve("verdicts-aside").toString()),
                    Sink.Delta.whole(folder.resolve("verdicts").toString())))
            .expectations();
    long differing = 0;
    for (int i = 0; i < asked.size(); i++) {
      boolean holds = ours.get(i).breaches() == 0;
      if (holds != wanted.get(i)) {
        differing++;
        System.out.println(asked.get(i) + ": " + ours.get(i).rule());
      }
    }
    System.out.printf("%d verdicts, %d differ%n", asked.size(), differing);
    return differing;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Analyzer<?, Metric<?>> unchecked(Analyzer<?, ?> analyzer) {
    return (Analyzer) analyzer;
  }
}
