package dev.millrace.benchmarks.pit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has contenders answer one question in turn, several times, and takes the median of each. */
final class Races {
  private Races() {}

  /**
   * Seconds by contender, the median of the repetitions; the answers of all that end agree.
   *
   * @param limit seconds after which a contender is stopped, and out of the repetitions to come;
   *     its time is the limit then
   */
  static Map<String, Double> run(
      Question question, List<Contender> contenders, int repetitions, long limit, Runnable stop)
      throws Exception {
    Map<String, List<Double>> times = new LinkedHashMap<>();
    List<Contender> running = new ArrayList<>(contenders);
    Answer wanted = null;
    for (int i = 0; i <= repetitions; i++) {
      for (Contender contender : List.copyOf(running)) {
        long start = System.nanoTime();
        Answer answer = within(limit, () -> contender.answer(question), stop);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (answer == null) {
          running.remove(contender);
          times.put(contender.name(), new ArrayList<>(List.of((double) limit)));
          System.out.printf("%s stopped after %d s%n", contender.name(), limit);
          continue;
        }
        if (wanted != null && !wanted.agrees(answer)) {
          throw new IllegalStateException(
              contender.name() + " answers " + answer + ", and others " + wanted);
        }
        wanted = answer;
        if (i > 0) {
          times.computeIfAbsent(contender.name(), none -> new ArrayList<>()).add(seconds);
        }
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    times.forEach(
        (name, each) -> {
          Collections.sort(each);
          medians.put(name, each.get(each.size() / 2));
        });
    return medians;
  }

  private interface Work {
    Answer answer() throws Exception;
  }

  private static @org.jspecify.annotations.Nullable Answer within(
      long limit, Work work, Runnable stop) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Answer> answer = thread.submit(work::answer);
      return answer.get(limit, TimeUnit.SECONDS);
    } catch (TimeoutException tooLong) {
      stop.run();
      return null;
    } catch (ExecutionException failure) {
      throw new IllegalStateException("no answer", failure.getCause());
    } finally {
      thread.shutdownNow();
    }
  }
}
