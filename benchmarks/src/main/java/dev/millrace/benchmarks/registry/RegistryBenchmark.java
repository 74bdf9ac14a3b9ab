package dev.millrace.benchmarks.registry;

import dev.millrace.benchmarks.JavaProcess;
import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.registry.Content;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * The registry in one folder: registrations by many threads until so many versions are there, then
 * an alias resolved cold and cached, the size of the metadata, and a large model loaded beside a
 * plain read of its file.
 */
public final class RegistryBenchmark {
  private static final int THREADS = 64;
  private static final int LARGE = 100 << 20;
  private static final int REPETITIONS = 15;
  private static final int COLD = 50;
  private static final int PROCESSES = 7;
  private static final int COLD_HEAP = 1024;
  private static final int CACHED = 200_000;
  private static final String MODEL = "late_flight";

  private final Path folder;
  private final List<Measurement> measured = new ArrayList<>();

  private RegistryBenchmark(Path folder) {
    this.folder = folder;
  }

  /**
   * Arguments: the results' file, a folder that is not there yet, how many versions, and the
   * milliseconds that MLflow took for a registration, where it was tried.
   */
  public static void main(String[] arguments) throws Exception {
    RegistryBenchmark benchmark = new RegistryBenchmark(Path.of(arguments[1]));
    double each = benchmark.register(Integer.parseInt(arguments[2]));
    if (arguments.length > 3) {
      double mlflow = Double.parseDouble(arguments[3]);
      benchmark.measured.add(
          new Measurement("milliseconds a registration beside MLflow", each, mlflow, 1));
    }
    benchmark.resolveInNewProcesses();
    benchmark.resolve();
    benchmark.load();
    Results.print(benchmark.measured, System.out);
    Results.write(benchmark.measured, Path.of(arguments[0]));
  }

  private RegistryConfig config() {
    return RegistryConfig.embedded(folder);
  }

  private double register(int versions) throws Exception {
    Histogram latencies = new ConcurrentHistogram(3);
    AtomicInteger next = new AtomicInteger();
    ConcurrentHashMap<Integer, Integer> numbers = new ConcurrentHashMap<>();
    AtomicInteger twice = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    double milliseconds;
    long start = System.nanoTime();
    try (Registry registry = Registry.open(config())) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = next.getAndIncrement(); i < versions; i = next.getAndIncrement()) {
                    var candidate = Candidate.small(MODEL, Integer.toString(i));
                    long asked = System.nanoTime();
                    int number = registry.register(candidate).version().version();
                    latencies.recordValue(System.nanoTime() - asked);
                    if (numbers.put(number, i) != null) {
                      twice.incrementAndGet();
                    }
                    if (i % 10_000 == 9_999) {
                      say("%,d registered, %.0f a second", i + 1, rate(i + 1, start));
                    }
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      double rate = rate(versions, start);
      milliseconds = 1000 / rate;
      BitSet seen = new BitSet();
      registry.versions(MODEL).forEach(version -> seen.set(version.version()));
      int lost = versions - seen.cardinality();
      say(
          "%,d registrations by %d threads: %.0f a second; half within %.0f ms, 99 %% within %.0f ms,"
              + " all within %.0f ms; numbers given twice %d, versions lost %d",
          versions,
          THREADS,
          rate,
          millis(latencies.getValueAtPercentile(50)),
          millis(latencies.getValueAtPercentile(99)),
          millis(latencies.getMaxValue()),
          twice.get(),
          lost);
      measured.add(
          new Measurement("milliseconds a registration, 64 threads", milliseconds, null, 2.5));
      measured.add(
          new Measurement(
              "seconds within which 99 % of registrations are acknowledged",
              millis(latencies.getValueAtPercentile(99)) / 1000, null, 1));
      measured.add(new Measurement("versions lost or numbered twice", lost + twice.get(), null, 0));
      registry.promote(MODEL, "champion", versions / 2, null, "to be resolved", "bench");
    } finally {
      threads.shutdownNow();
    }
    double megabytes = megabytes("metadata");
    say("metadata %.1f MB, data %.1f MB", megabytes, megabytes("data"));
    measured.add(new Measurement("megabytes of metadata", megabytes, null, 50));
    return milliseconds;
  }

  /** The first look of a process that has just opened the registry. */
  private void resolveInNewProcesses() throws Exception {
    Path log = folder.resolve("cold");
    for (int i = 0; i < PROCESSES; i++) {
      List<String> arguments = List.of(folder.toString(), MODEL + "@champion");
      try (JavaProcess process =
          JavaProcess.start(ColdResolve.class.getName(), COLD_HEAP, log, arguments)) {
        process.end();
      }
    }
    List<String[]> told = Files.readAllLines(log).stream().map(line -> line.split(" ")).toList();
    double opened =
        median(told.stream().mapToDouble(each -> Double.parseDouble(each[0])).toArray());
    double resolved =
        median(told.stream().mapToDouble(each -> Double.parseDouble(each[1])).toArray());
    say(
        "in a new process, median of %d: opened in %.0f ms, resolved in %.0f ms",
        PROCESSES, opened, resolved);
    measured.add(
        new Measurement(
            "milliseconds to resolve an alias first in a new process", resolved, null, 100));
  }

  private void resolve() {
    // What the registrations left is collected now, and not while an alias is looked up.
    System.gc();
    Histogram cold = new Histogram(3);
    for (int i = 0; i < COLD; i++) {
      try (Registry registry = Registry.open(config())) {
        long opened = System.nanoTime();
        registry.resolveWithin(Duration.ofSeconds(1), MODEL + "@champion");
        cold.recordValue(System.nanoTime() - opened);
      }
    }
    say(
        "cold, just opened: half within %.1f ms, 99 %% within %.1f ms",
        millis(cold.getValueAtPercentile(50)), millis(cold.getValueAtPercentile(99)));
    measured.add(
        new Measurement(
            "milliseconds to resolve an alias cold, 99 %",
            millis(cold.getValueAtPercentile(99)), null, 100));
    Histogram cached = new Histogram(3);
    try (Registry registry = Registry.open(config())) {
      for (int i = 0; i < CACHED; i++) {
        long start = System.nanoTime();
        registry.resolveWithin(Duration.ofSeconds(1), MODEL + "@champion");
        cached.recordValue(System.nanoTime() - start);
      }
    }
    say(
        "cached for 1 s: half within %.4f ms, 99 %% within %.4f ms",
        millis(cached.getValueAtPercentile(50)), millis(cached.getValueAtPercentile(99)));
    measured.add(
        new Measurement(
            "milliseconds to resolve an alias cached, 99 %",
            millis(cached.getValueAtPercentile(99)), null, 1));
  }

  private void load() throws Exception {
    byte[] onnx = Candidate.onnx("large", LARGE);
    Path file = Files.write(folder.resolve("large.onnx"), onnx);
    double[] ours = new double[REPETITIONS];
    double[] peer = new double[REPETITIONS];
    try (Registry registry = Registry.open(config())) {
      long start = System.nanoTime();
      ModelVersion version =
          registry.register(Candidate.of("large", "large", Content.of(onnx))).version();
      say("registered %d MB in %.0f ms", LARGE >> 20, millis(System.nanoTime() - start));
      for (int i = -2; i < REPETITIONS; i++) {
        double plain = plain(file);
        long from = System.nanoTime();
        byte[] loaded = registry.artifact(version);
        double took = millis(System.nanoTime() - from);
        if (!Arrays.equals(loaded, onnx)) {
          throw new IllegalStateException("other bytes than were registered");
        }
        if (i >= 0) {
          ours[i] = took;
          peer[i] = plain;
        }
      }
    }
    measured.add(
        new Measurement(
            "milliseconds to load 100 MB beside a plain read with SHA-256",
            median(ours),
            median(peer),
            1.3));
  }

  private static double plain(Path file) throws Exception {
    long from = System.nanoTime();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] all = new byte[Math.toIntExact(Files.size(file))];
    try (InputStream in = Files.newInputStream(file)) {
      int read = in.readNBytes(all, 0, all.length);
      sha256.update(all, 0, read);
    }
    byte[] digest = sha256.digest();
    if (digest.length == 0) {
      throw new IllegalStateException();
    }
    return millis(System.nanoTime() - from);
  }

  private double megabytes(String folders) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
              .filter(Files::isRegularFile)
              .filter(file -> file.toString().contains("/" + folders + "/"))
              .mapToLong(RegistryBenchmark::size)
              .sum()
          / 1e6;
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double rate(int done, long since) {
    return done / ((System.nanoTime() - since) / 1e9);
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
