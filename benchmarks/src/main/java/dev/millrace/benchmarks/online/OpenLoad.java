package dev.millrace.benchmarks.online;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Requests at fixed times, whether earlier ones are answered or not. A latency is counted from the
 * time at which the request was due, so that one which had to wait for a slow one is slow too.
 */
final class OpenLoad {
  /**
   * What came of it.
   *
   * @param latencies in nanoseconds
   * @param clientMicros CPU of this process for a request
   * @param serverMicros CPU of the server for a request, to 10 ms in all
   */
  record Outcome(Histogram latencies, double clientMicros, double serverMicros) {
    double millis(double percentile) {
      return latencies.getValueAtPercentile(percentile) / 1e6;
    }
  }

  private static final long HIGHEST = 60_000_000_000L;
  private static final double TICK_MICROS = 10_000;

  private final long server;
  private final int threads;

  OpenLoad(long server, int threads) {
    this.server = server;
    this.threads = threads;
  }

  /** Sends so many requests at so many a second; each is told its number. */
  Outcome run(int requests, int aSecond, LongConsumer request)
      throws IOException, InterruptedException {
    Histogram latencies = new ConcurrentHistogram(HIGHEST, 3);
    AtomicLong next = new AtomicLong();
    long period = 1_000_000_000L / aSecond;
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double serverBefore = serverMicros();
    long clientBefore = process.getProcessCpuTime();
    long start = System.nanoTime() + period;
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread worker =
          new Thread(
              () -> {
                for (long n = next.getAndIncrement(); n < requests; n = next.getAndIncrement()) {
                  long due = start + n * period;
                  for (long left = due - System.nanoTime();
                      left > 0;
                      left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                  }
                  request.accept(n);
                  latencies.recordValue(System.nanoTime() - due);
                }
              });
      worker.start();
      workers.add(worker);
    }
    for (Thread worker : workers) {
      worker.join();
    }
    return new Outcome(
        latencies,
        (process.getProcessCpuTime() - clientBefore) / 1e3 / requests,
        (serverMicros() - serverBefore) / requests);
  }

  /** User and system time, the 14th and 15th field; the second one holds the name. */
  private double serverMicros() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + server + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MICROS;
  }
}
