package dev.millrace.benchmarks.pit;

import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.window.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** {@code benchmarks/run pit}. */
public final class PitBenchmark {
  private static final int REPETITIONS = 5;
  private static final String ALL = "all";
  private static final List<Window> THREE =
      List.of(Window.hours(1).exact(), Window.hours(24).exact(), Window.days(7).exact());
  private static final List<Window> FOUR =
      List.of(
          Window.hours(1).exact(),
          Window.hours(24).exact(),
          Window.days(7).exact(),
          Window.days(30).exact());

  private PitBenchmark() {}

  /**
   * Takes the file for the results, the flights, a part to divide the sizes by, after how many
   * seconds a contender is stopped, and which question to ask, or {@code all}.
   */
  public static void main(String[] arguments) throws Exception {
    int part = Integer.parseInt(arguments[2]);
    long limit = Long.parseLong(arguments[3]);
    String only = arguments[4];
    Path folder = Files.createTempDirectory("pit");
    List<Measurement> all = new ArrayList<>();
    try (SparkEngine engine = SparkEngine.local(Map.of("spark.sql.shuffle.partitions", "4"))) {
      SparkSession session = engine.session();
      Data data = new Data(session, folder);
      Runnable stop = () -> session.sparkContext().cancelAllJobs();
      Ours ours = new Ours(engine);
      Contender ranges = new SparkSql(session, SparkSql.Shape.RANGE_WINDOWS);
      Contender join = new SparkSql(session, SparkSql.Shape.INEQUALITY_JOIN);
      Contender union = new SparkSql(session, SparkSql.Shape.UNION_AND_WINDOW);
      try (DuckDb duck = new DuckDb()) {
        if (asked(only, "flights")) {
          Map<String, Double> times =
              race(
                  data.flights(arguments[1], part, THREE),
                  List.of(ours, duck, ranges),
                  limit,
                  stop);
          String work = "flights, latest and 4 values of 1 h, 24 h, 7 d, s";
          all.add(ratio(work, times, ours, duck, 1));
          all.add(ratio(work, times, ours, ranges, 1.0 / 5));
        }
        if (asked(only, "zipf")) {
          Map<String, Double> times =
              race(
                  data.drawn("zipf", 10_000_000 / part, 1_000_000 / part, Data.zipf(5793), FOUR),
                  List.of(ours, duck, ranges),
                  limit,
                  stop);
          String work = "10 M Zipf events, 1 M labels, 4 values of 4 windows, s";
          all.add(ratio(work, times, ours, duck, 1.0 / 3));
          all.add(ratio(work, times, ours, ranges, 1.0 / 50));
        }
        if (asked(only, "latest")) {
          Map<String, Double> times =
              race(
                  data.drawn(
                      "latest", 5_000_000 / part, 500_000 / part, Data.even(10_000), List.of()),
                  List.of(ours, duck, union, join),
                  limit,
                  stop);
          String work = "latest of 5 M events at 500 K labels, s";
          all.add(ratio(work, times, ours, join, 1.0 / 10));
          all.add(ratio(work, times, ours, union, 1.0 / 2));
          all.add(ratio(work + ", to compare", times, ours, duck, 10));
        }
      }
    } finally {
      delete(folder);
    }
    Results.print(all, System.out);
    if (only.equals(ALL)) {
      Results.write(all, Path.of(arguments[0]));
    }
  }

  private static boolean asked(String only, String question) {
    return only.equals(ALL) || only.equals(question);
  }

  private static Map<String, Double> race(
      Question question, List<Contender> contenders, long limit, Runnable stop) throws Exception {
    Map<String, Double> times = Races.run(question, contenders, REPETITIONS, limit, stop);
    System.out.println(times);
    return times;
  }

  private static Measurement ratio(
      String work, Map<String, Double> times, Contender ours, Contender peer, double bound) {
    return new Measurement(
        work + " / " + peer.name(),
        times.getOrDefault(ours.name(), 0.0),
        times.getOrDefault(peer.name(), 0.0),
        bound);
  }

  static void delete(Path folder) throws java.io.IOException {
    try (var all = Files.walk(folder)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
