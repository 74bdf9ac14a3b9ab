package dev.millrace.benchmarks.gate;

import com.amazon.deequ.VerificationResult;
import com.amazon.deequ.VerificationSuite;
import com.amazon.deequ.analyzers.Analyzer;
import com.amazon.deequ.analyzers.ApproxCountDistinct;
import com.amazon.deequ.analyzers.ApproxQuantile;
import com.amazon.deequ.analyzers.Completeness;
import com.amazon.deequ.analyzers.Compliance;
import com.amazon.deequ.analyzers.Mean;
import com.amazon.deequ.analyzers.Size;
import com.amazon.deequ.analyzers.runners.AnalysisRunner;
import com.amazon.deequ.checks.Check;
import com.amazon.deequ.checks.CheckLevel;
import com.amazon.deequ.metrics.Metric;
import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Expectations;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import scala.Option;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** {@code benchmarks/run gate}. */
public final class GateBenchmark {
  private static final int REPETITIONS = Integer.getInteger("repetitions", 5);
  private static final List<String> NUMBERS =
      List.of("delay", "distance", "minutes", "ratio", "hour");
  private static final List<String> NAMES = GateData.SCHEMA.names();

  /** Rules of a row, by the condition that Deequ takes. */
  private static final Map<String, Expectation> ROWS = rows();

  private final SparkEngine engine;
  private final Path folder;

  private GateBenchmark(SparkEngine engine, Path folder) {
    this.engine = engine;
    this.folder = folder;
  }

  /** Takes the file for the results, the flights, and how many rows to compare verdicts on. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("gate");
    List<Measurement> all = new ArrayList<>();
    try (SparkEngine engine = SparkEngine.local(Map.of())) {
      GateBenchmark gate = new GateBenchmark(engine, folder);
      String flights = GateData.flights(engine.session(), arguments[1], folder);
      all.addAll(gate.speeds(flights));
      String drawn = GateData.drawn(engine.session(), Long.parseLong(arguments[2]), folder);
      all.add(gate.verdicts(drawn, Long.parseLong(arguments[2])));
    }
    Results.print(all, System.out);
    Results.write(all, Path.of(arguments[0]));
  }

  private static Map<String, Expectation> rows() {
    Map<String, Expectation> rules = new LinkedHashMap<>();
    rules.put("origin is not null", Expectations.notNull("origin"));
    rules.put("destination is not null", Expectations.notNull("destination"));
    rules.put("distance is not null", Expectations.notNull("distance"));
    rules.put("delay between -1000D and 2000D", Expectations.between("delay", -1000, 2000));
    rules.put("distance between 0D and 6000D", Expectations.between("distance", 0, 6000));
    rules.put("hour between 0D and 23D", Expectations.between("hour", 0, 23));
    rules.put("length(origin) <= 4", Expectations.satisfies("length(origin) <= 4"));
    rules.put("fare >= 0", Expectations.satisfies("fare >= 0"));
    return rules;
  }

  /** Thirty, with a median of every number and the distinct count of every column but one. */
  private static List<Expectation> thirty() {
    List<Expectation> all = new ArrayList<>();
    ROWS.values().forEach(all::add);
    all.add(Expectations.rowCount(1, Long.MAX_VALUE / 2));
    for (String column : List.of("origin", "note", "minutes")) {
      all.add(Expectations.completeness(column, 0));
    }
    for (String column : List.of("delay", "distance", "hour")) {
      all.add(Expectations.mean(column, -1e9, 1e9));
    }
    NUMBERS.forEach(column -> all.add(Expectations.quantile(column, 0.5, -1e9, 1e9)));
    for (String column : NAMES.subList(0, 10)) {
      all.add(Expectations.distinctCount(column, 0, 1L << 40));
    }
    return all.stream().map(Expectation::orWarn).toList();
  }

  private static List<Analyzer<?, ?>> analyzers() {
    List<Analyzer<?, ?>> all = new ArrayList<>();
    ROWS.keySet()
        .forEach(
            condition ->
                all.add(
                    new Compliance(condition, condition, Option.empty(), none(), Option.empty())));
    all.add(new Size(Option.empty()));
    for (String column : List.of("origin", "note", "minutes")) {
      all.add(new Completeness(column, Option.empty(), Option.empty()));
    }
    for (String column : List.of("delay", "distance", "hour")) {
      all.add(new Mean(column, Option.empty()));
    }
    NUMBERS.forEach(column -> all.add(new ApproxQuantile(column, 0.5, 0.0078, Option.empty())));
    for (String column : NAMES.subList(0, 10)) {
      all.add(new ApproxCountDistinct(column, Option.empty()));
    }
    return all;
  }

  private static scala.collection.immutable.List<String> none() {
    return JavaConverters.asScalaBuffer(List.<String>of()).toList();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private List<Measurement> speeds(String path) throws Exception {
    Dataset<Row> rows = engine.session().read().parquet(path);
    Map<String, Work> works = new LinkedHashMap<>();
    works.put("scan", () -> rows.write().format("noop").mode("overwrite").save());
    works.put("gate", () -> gate(path, thirty()));
    works.put("analyzers", () -> analyze(rows));
    works.put("quarantine", () -> quarantine(path));
    works.put("row level", () -> rowLevel(rows));
    Map<String, List<Double>> times = new LinkedHashMap<>();
    for (int i = 0; i <= REPETITIONS; i++) {
      for (Map.Entry<String, Work> work : works.entrySet()) {
        double took = seconds(work.getValue());
        System.out.printf("%s %.2f s%n", work.getKey(), took);
        if (i > 0) {
          times.computeIfAbsent(work.getKey(), key -> new ArrayList<>()).add(took);
        }
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    times.forEach(
        (name, each) -> {
          Collections.sort(each);
          medians.put(name, each.get(each.size() / 2));
        });
    String of = String.format(" of %,d rows x 11 columns", rows.count());
    return List.of(
        measured(
            "gate of 30 expectations with a profile" + of + " / plain scan, s",
            medians,
            "gate",
            "scan",
            1.5),
        measured("the same / Deequ's analyzers alone, s", medians, "gate", "analyzers", 0.1),
        measured(
            "rows set aside with reasons / Deequ's row-level results, s",
            medians,
            "quarantine",
            "row level",
            0.2));
  }

  private static Measurement measured(
      String work, Map<String, Double> medians, String ours, String peer, double bound) {
    return new Measurement(
        work, medians.getOrDefault(ours, 0.0), medians.getOrDefault(peer, 0.0), bound);
  }

  private static Scan scan(String path) {
    return new Scan(new Location.Files(Location.Files.Format.PARQUET, path), GateData.SCHEMA);
  }

  /** Judges the rows, and gives none of them on. */
  private void gate(String path, List<Expectation> expectations) {
    Node held =
        new Expect("the gate", scan(path), expectations, folder.resolve("aside").toString());
    engine.collect(
        Project.of(
            "the gate", held, List.of(NamedExpression.column("delay")), Optional.of("false")));
  }

  private static void analyze(Dataset<Row> rows) {
    var run = AnalysisRunner.onData(rows);
    for (Analyzer<?, ?> analyzer : analyzers()) {
      run = run.addAnalyzer(unchecked(analyzer));
    }
    if (run.run().metricMap().size() != analyzers().size()) {
      throw new IllegalStateException("Deequ left out a metric");
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Analyzer<?, Metric<?>> unchecked(Analyzer<?, ?> analyzer) {
    return (Analyzer) analyzer;
  }

  private void quarantine(String path) {
    gate(path, ROWS.values().stream().map(Expectation::orQuarantine).toList());
  }

  /** Deequ's column of each rule beside the rows; those that break one go to a table. */
  private void rowLevel(Dataset<Row> rows) {
    Check check =
        new Check(
            CheckLevel.Warning(),
            "rows",
            JavaConverters.asScalaBuffer(new ArrayList<com.amazon.deequ.constraints.Constraint>())
                .toList());
    for (String condition : ROWS.keySet()) {
      check =
          check.satisfies(
              condition, condition, new AtLeast(1), Option.empty(), none(), Option.empty());
    }
    VerificationResult result = new VerificationSuite().onData(rows).addCheck(check).run();
    Dataset<Row> judged =
        VerificationResult.rowLevelResultsAsDataFrame(engine.session(), result, rows);
    judged
        .filter(functions.not(functions.col("rows")))
        .write()
        .format("delta")
        .mode("overwrite")
        .save(folder.resolve("theirs").toString());
  }

  private static final class AtLeast extends AbstractFunction1<Object, Object>
      implements Serializable {
    private final double least;

    AtLeast(double least) {
      this.least = least;
    }

    @Override
    public Object apply(Object value) {
      return ((Number) value).doubleValue() >= least;
    }
  }

  /** Bounds on either side of what Deequ's analyzers find; ours must fall on the same. */
  private Measurement verdicts(String path, long rows) {
    return new Measurement(
        String.format("verdicts that differ from Deequ's, of %,d rows", rows),
        new Verdicts(engine, scan(path), folder).differing(),
        null,
        0);
  }
}
