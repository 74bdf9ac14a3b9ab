package dev.millrace.benchmarks.registry;

import dev.millrace.benchmarks.JavaProcess;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Processes register and promote in one registry and are killed at random, until so many calls are
 * acknowledged; then everything that was told is held against what is kept.
 */
public final class RegistryKills {
  private static final int HEAP = 400;
  private static final int MOST_SECONDS = 1800;

  private final Path folder;
  private final int threads;
  private final List<Path> logs = new ArrayList<>();

  private RegistryKills(Path folder, int threads) {
    this.folder = folder;
    this.threads = threads;
  }

  /**
   * Arguments: a folder that is not there yet, processes, threads of each, registrations, moves,
   * seconds between kills.
   */
  public static void main(String[] arguments) throws Exception {
    List<String> faults =
        run(
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]),
            Double.parseDouble(arguments[5]));
    faults.stream().limit(20).forEach(System.out::println);
    System.out.println(faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /** What does not fit; empty if all does. */
  static List<String> run(
      Path folder, int processes, int threads, int registrations, int moves, double seconds)
      throws Exception {
    Files.createDirectories(folder);
    return new RegistryKills(folder, threads).run(processes, registrations, moves, seconds);
  }

  private List<String> run(int processes, int registrations, int moves, double seconds)
      throws Exception {
    Random random = new Random(1);
    long start = System.nanoTime();
    List<JavaProcess> running = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      running.add(start());
    }
    int kills = 0;
    Histories told = read();
    while (told.acknowledged("register") < registrations || told.acknowledged("move") < moves) {
      Thread.sleep((long) (seconds * (500 + random.nextInt(1000))));
      int victim = random.nextInt(processes);
      if (!running.get(victim).runs()) {
        throw new IllegalStateException("a process ended by itself; see " + folder);
      }
      running.get(victim).kill();
      kills++;
      running.set(victim, start());
      told = read();
      if (System.nanoTime() - start > MOST_SECONDS * 1e9) {
        throw new IllegalStateException("not done within " + MOST_SECONDS + " seconds");
      }
    }
    Files.createFile(folder.resolve("stop"));
    for (JavaProcess process : running) {
      process.end();
    }
    double took = (System.nanoTime() - start) / 1e9;
    told = read();
    try (Registry registry = Registry.open(RegistryConfig.embedded(folder.resolve("registry")))) {
      List<String> faults = told.check(registry);
      System.out.println(
          String.format(
              Locale.ROOT,
              "%d registrations, %d moves or refusals and %d reads acknowledged to %d processes of %d"
                  + " threads in %.0f s, %d kills; %d calls were told nothing; %d versions kept, %d moves",
              told.acknowledged("register"),
              told.acknowledged("move"),
              told.acknowledged("read"),
              processes,
              threads,
              took,
              kills,
              told.untold(),
              registry.versions(RegistryWriter.MODEL).size(),
              registry.aliasHistory(RegistryWriter.MODEL).size()));
      return faults;
    }
  }

  private JavaProcess start() throws IOException {
    String name = "p" + logs.size();
    Path log = folder.resolve(name + ".log");
    logs.add(log);
    return JavaProcess.start(
        RegistryWriter.class.getName(),
        HEAP,
        folder.resolve(name + ".out"),
        List.of(folder.toString(), log.toString(), name, Integer.toString(threads)));
  }

  private Histories read() throws IOException {
    Histories histories = new Histories();
    for (Path log : logs) {
      if (Files.exists(log)) {
        histories.add(RegistryWriter.lines(log));
      }
    }
    return histories;
  }
}
