package dev.millrace.benchmarks.registry;

import dev.millrace.registry.AliasConflictException;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Registers and promotes from several threads until a file named {@code stop} is there, and writes
 * down each thing that it asked for and was told, before and after: see {@link Histories}.
 */
final class RegistryWriter {
  static final String MODEL = "late_flight";
  static final String ALIAS = "champion";

  /** So many contents are offered again and again, by all at once. */
  private static final int SHARED = 200;

  private final Registry registry;
  private final BufferedWriter log;
  private final Path stop;
  private final String name;

  private RegistryWriter(Registry registry, BufferedWriter log, Path stop, String name) {
    this.registry = registry;
    this.log = log;
    this.stop = stop;
    this.name = name;
  }

  /** Arguments: the registry's folder, the log's file, a name of its own, how many threads. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    try (BufferedWriter log = Files.newBufferedWriter(Path.of(arguments[1]));
        Registry registry = Registry.open(RegistryConfig.embedded(folder.resolve("registry")))) {
      RegistryWriter writer =
          new RegistryWriter(registry, log, folder.resolve("stop"), arguments[2]);
      List<Thread> threads = new ArrayList<>();
      for (int thread = 0; thread < Integer.parseInt(arguments[3]); thread++) {
        int number = thread;
        threads.add(new Thread(() -> writer.work(number)));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private void work(int thread) {
    int known = 0;
    for (int i = 0; !Files.exists(stop); i++) {
      if (known > 0 && ThreadLocalRandom.current().nextInt(6) == 0) {
        promote(name + "." + thread + "." + i, known);
      } else {
        boolean shared = ThreadLocalRandom.current().nextInt(20) == 0;
        String seed =
            shared
                ? Integer.toString(ThreadLocalRandom.current().nextInt(SHARED))
                : name + "." + thread + "." + i;
        known = register(name + "." + thread + "." + i, seed);
      }
    }
  }

  private int register(String id, String seed) {
    write("begin " + id + " register " + seed);
    int version = registry.register(Candidate.small(MODEL, seed)).version().version();
    write("end " + id + " version " + version);
    return version;
  }

  private void promote(String id, int to) {
    write("begin " + id + " read");
    Optional<Integer> current = registry.alias(MODEL, ALIAS);
    write("end " + id + " points " + current.map(String::valueOf).orElse("none"));
    if (current.filter(version -> version == to).isPresent()) {
      return;
    }
    String move = id + "m";
    write("begin " + move + " move " + current.map(String::valueOf).orElse("none") + " " + to);
    try {
      registry.promote(MODEL, ALIAS, to, current.orElse(null), move, name);
      write("end " + move + " moved");
    } catch (AliasConflictException conflict) {
      write(
          "end " + move + " points " + (conflict.current() == null ? "none" : conflict.current()));
    }
  }

  /** A line is there once this returns, whatever becomes of the process. */
  private void write(String line) {
    synchronized (log) {
      try {
        log.write(System.nanoTime() + " " + line + "\n");
        log.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static List<String> lines(Path log) throws IOException {
    String text = Files.readString(log, StandardCharsets.UTF_8);
    // The last line of a process that was killed may be half there.
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }
}
