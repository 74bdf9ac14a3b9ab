package dev.millrace.benchmarks.pit;

import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.window.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** {@code benchmarks/run skew}: all events on one key, in a heap that cannot hold them. */
public final class SkewBenchmark {
  private static final int REPETITIONS = 3;
  private static final long LABELS = 200_000;
  private static final List<Window> WINDOWS =
      List.of(Window.hours(1), Window.hours(24), Window.days(7), Window.days(30));

  private SkewBenchmark() {}

  /** Takes the file for the results and how many events. */
  public static void main(String[] arguments) throws Exception {
    long events = Long.parseLong(arguments[1]);
    Path folder = Files.createTempDirectory("skew");
    List<Double> one = new ArrayList<>();
    List<Double> many = new ArrayList<>();
    try (SparkEngine engine = SparkEngine.local(Map.of("spark.sql.shuffle.partitions", "8"))) {
      Data data = new Data(engine.session(), folder);
      Question ofOne = data.drawn("one", events, LABELS, "'one'", WINDOWS);
      Question ofMany = data.drawn("many", events, LABELS, Data.even(10_000), WINDOWS);
      Ours ours = new Ours(engine);
      for (int i = 0; i < REPETITIONS; i++) {
        one.add(seconds(ours, ofOne));
        many.add(seconds(ours, ofMany));
      }
    } finally {
      PitBenchmark.delete(folder);
    }
    String heap = Runtime.getRuntime().maxMemory() / (1 << 20) + " MB";
    List<Measurement> all =
        List.of(
            new Measurement(
                String.format("%,d events on one key / on 10,000, heap %s, s", events, heap),
                median(one),
                median(many),
                2));
    Results.print(all, System.out);
    Results.write(all, Path.of(arguments[0]));
  }

  private static double seconds(Ours ours, Question question) {
    long start = System.nanoTime();
    Answer answer = ours.answer(question);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%.1f s: %s%n", seconds, answer);
    return seconds;
  }

  private static double median(List<Double> times) {
    Collections.sort(times);
    return times.get(times.size() / 2);
  }
}
