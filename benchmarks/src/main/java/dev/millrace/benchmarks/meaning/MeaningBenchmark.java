package dev.millrace.benchmarks.meaning;

import dev.millrace.benchmarks.Fork;
import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** {@code benchmarks/run meaning}. */
public final class MeaningBenchmark {
  private static final int FORKS = 3;

  private MeaningBenchmark() {}

  /** Takes the file for the results. */
  public static void main(String[] arguments) throws Exception {
    List<Measurement> all = new ArrayList<>();
    Map<String, Double> firsts = new TreeMap<>(Fork.best(FirstUse.class, FORKS));
    firsts.putAll(Fork.best(Definitions.class, FORKS));
    Map<String, Double> launched = Fork.bestAsLaunched(FirstUse.class, FORKS);
    Map<String, Double> times = kernels();
    all.add(ratio("sum of 10^7 doubles, exact / serial +=, ms", times, "exactSum", "plainSum", 5));
    all.add(
        ratio(
            "sum of 10^7 squares, exact / serial +=, ms",
            times,
            "exactSquares",
            "plainSquares",
            10));
    all.add(
        ratio(
            "variance of 10^7 doubles, exact / serial += of squares, ms",
            times,
            "exactVariance",
            "plainSquares",
            15));
    all.add(
        new Measurement(
            "accumulator of an everyday sum, bytes", AccumulatorSizes.most(), null, 32));
    for (String type : List.of("long", "double")) {
      all.add(
          ratio(
              "sum, count, min, max over 4 windows of a " + type + " / by hand, ns an event",
              times,
              "ours " + type,
              "byHand " + type,
              1.5));
    }
    all.add(alone("compiled expression of five operators, ns a row", times, "fiveOperators", 1000));
    all.add(alone("first use of an expression, from the start of the JVM, s", firsts, "cold", 3));
    all.add(
        alone(
            "first use of an expression, from the start of a JVM like ./millrace's, s",
            launched,
            "cold",
            3));
    all.add(alone("a new expression in a warm JVM, slowest of 20, ms", firsts, "warm", 150));
    all.add(alone("a test of one view, slowest of 20 after the first, ms", firsts, "test", 50));
    all.add(alone(Definitions.COUNT + " definitions after the first, s", firsts, "definitions", 5));
    Results.print(all, System.out);
    Results.write(all, Path.of(arguments[0]));
  }

  /** The best of thirty iterations in three JVMs, which neighbours and compilers disturb least. */
  private static Map<String, Double> kernels() throws RunnerException {
    Map<String, Double> times = new TreeMap<>();
    for (RunResult run :
        new Runner(
                new OptionsBuilder()
                    .include("dev\\.millrace\\.benchmarks\\.meaning\\..*")
                    .forks(3)
                    .warmupIterations(4)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(10)
                    .measurementTime(TimeValue.milliseconds(150))
                    .jvmArgsAppend("-Xmx2g", "-Xms2g")
                    .build())
            .run()) {
      String type = run.getParams().getParam("type");
      String name = run.getPrimaryResult().getLabel();
      times.put(
          type == null ? name : name + " " + type, run.getPrimaryResult().getStatistics().getMin());
    }
    return times;
  }

  private static Measurement ratio(
      String work, Map<String, Double> times, String ours, String peer, double bound) {
    return new Measurement(work, time(times, ours), time(times, peer), bound);
  }

  private static Measurement alone(
      String work, Map<String, Double> times, String ours, double bound) {
    return new Measurement(work, time(times, ours), null, bound);
  }

  private static double time(Map<String, Double> times, String name) {
    Double time = times.get(name);
    if (time == null) {
      throw new IllegalStateException("'" + name + "' was not measured, only " + times.keySet());
    }
    return time;
  }
}
