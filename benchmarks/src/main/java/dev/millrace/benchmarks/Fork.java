package dev.millrace.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A measurement in a JVM of its own, for what only the first time costs. */
public final class Fork {
  private static final String PREFIX = "measured ";

  private Fork() {}

  /** Says a figure from within the other JVM. */
  public static void tell(String name, double figure) {
    System.out.println(PREFIX + name + " " + figure);
  }

  /** The least of each figure that a class's {@code main} tells, run so many times. */
  public static Map<String, Double> best(Class<?> main, int times)
      throws IOException, InterruptedException {
    return best(main, times, System.getProperty("java.class.path"), List.of());
  }

  /** The same with the libraries and their loaded classes that {@code ./millrace} starts with. */
  public static Map<String, Double> bestAsLaunched(Class<?> main, int times)
      throws IOException, InterruptedException {
    Path archive = Path.of("cli/target/launcher/libraries.jsa");
    if (!Files.exists(archive)) {
      throw new IllegalStateException(
          "There is no " + archive + ": run ./millrace once, which makes it");
    }
    String libraries = Path.of("cli/target/libraries").toRealPath() + "/*";
    return best(
        main,
        times,
        libraries + File.pathSeparator + System.getProperty("java.class.path"),
        List.of("-Xshare:on", "-XX:SharedArchiveFile=" + archive));
  }

  private static Map<String, Double> best(
      Class<?> main, int times, String classPath, List<String> options)
      throws IOException, InterruptedException {
    Map<String, Double> best = new HashMap<>();
    for (int i = 0; i < times; i++) {
      run(main, classPath, options).forEach((name, figure) -> best.merge(name, figure, Math::min));
    }
    return best;
  }

  private static Map<String, Double> run(Class<?> main, String classPath, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(options);
    command.addAll(List.of("-Xms2g", "-Xmx2g", "-cp", classPath, main.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    Map<String, Double> figures = new HashMap<>();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    said.lines()
        .filter(line -> line.startsWith(PREFIX))
        .map(line -> line.substring(PREFIX.length()).split(" ", -1))
        .forEach(parts -> figures.put(parts[0], Double.parseDouble(parts[1])));
    if (process.waitFor() != 0) {
      throw new IllegalStateException(main.getName() + " failed; run it alone to see why");
    }
    return figures;
  }
}
