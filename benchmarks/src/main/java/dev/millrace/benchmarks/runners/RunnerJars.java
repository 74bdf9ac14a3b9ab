package dev.millrace.benchmarks.runners;

import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.PlanBytes;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Starts each runner's jar with a small plan, and says how large it is, what of it are the engine
 * and Catalyst beyond Beam and the runner, and what the first bundle takes.
 */
final class RunnerJars {
  private static final String ENTRY = "dev.millrace.pipelines.beam.RunPlan";
  private static final Schema FLIGHTS =
      Schema.of(
          new Column("origin", PrimitiveType.STRING), new Column("distance", PrimitiveType.LONG));
  private static final int TIMES = 5;

  private RunnerJars() {}

  /**
   * Measures.
   *
   * @param arguments the file of results, a folder of flights, a folder to write in, the file of
   *     the JVM's options, and the class paths' folder
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path flights = Path.of(arguments[1]).toAbsolutePath();
    Path folder = Files.createDirectories(Path.of(arguments[2])).toAbsolutePath();
    String options = "@" + arguments[3];
    Path pipelines = Path.of(arguments[4]);
    List<Measurement> all = new ArrayList<>();

    Path flink = pipelines.resolve("beam-flink/target/millrace-flink.jar");
    Path spark = pipelines.resolve("beam-spark/target/millrace-spark-beam.jar");
    Path dataflow = pipelines.resolve("beam-dataflow/target/millrace-dataflow.jar");
    for (Path jar : List.of(flink, spark, dataflow)) {
      System.out.printf("%s: %.0f MB%n", jar.getFileName(), Files.size(jar) / 1e6);
    }
    smoke(options, flink, flights, folder, "--runner=FlinkRunner", "--flinkMaster=[local]");
    smoke(options, spark, flights, folder, "--runner=SparkRunner", "--sparkMaster=local[2]");
    smoke(
        options,
        spark,
        flights,
        folder,
        "--runner=SparkStructuredStreamingRunner",
        "--sparkMaster=local[2]");
    for (String runner : List.of("beam-flink", "beam-dataflow")) {
      Sizes sizes = Sizes.of(pipelines.resolve(runner + "/target"));
      all.add(
          new Measurement(
              runner + ": Catalyst's jars beyond Beam and the runner, MB",
              sizes.catalyst(),
              null,
              80));
      all.add(
          new Measurement(
              runner + ": with the engine, Delta's library, Hadoop's and Redis', MB",
              sizes.all(),
              null,
              80));
    }
    all.add(
        new Measurement(
            "first bundle: three expressions compiled, 1,000 rows, s", first(flink), null, 3));
    Results.print(all, System.out);
    Results.write(all, Path.of(arguments[0]));
  }

  /**
   * What a class path has beyond Beam and the runner, in MB.
   *
   * @param catalyst what Catalyst brings of it
   */
  private record Sizes(double catalyst, double all) {
    static Sizes of(Path target) throws IOException {
      Set<String> beam = artifacts(target.resolve("beam.classpath"));
      Set<String> catalyst = artifacts(target.resolve("catalyst.classpath"));
      double ofCatalyst = 0;
      double all = 0;
      for (String jar : jars(target.resolve("runner.classpath"))) {
        if (!beam.contains(artifact(jar))) {
          double size = Files.size(Path.of(jar)) / 1e6;
          all += size;
          ofCatalyst += catalyst.contains(artifact(jar)) ? size : 0;
        }
      }
      return new Sizes(ofCatalyst, all);
    }

    private static Set<String> artifacts(Path file) throws IOException {
      Set<String> artifacts = new HashSet<>();
      jars(file).forEach(jar -> artifacts.add(artifact(jar)));
      return artifacts;
    }

    private static List<String> jars(Path file) throws IOException {
      return List.of(Files.readString(file).strip().split(File.pathSeparator, -1));
    }

    /** A jar without its version: a local repository has a folder for each. */
    private static String artifact(String jar) {
      return String.valueOf(Path.of(jar).resolveSibling("..").normalize());
    }
  }

  private static Write plan(Path flights, String to) {
    Scan scan =
        new Scan(new Location.Files(Location.Files.Format.PARQUET, flights.toString()), FLIGHTS);
    Project timed =
        Project.of(
            "flights",
            scan,
            List.of(
                NamedExpression.column("origin"),
                NamedExpression.column("distance"),
                new NamedExpression("at", "timestamp'2001-01-01 00:30:00Z'")),
            Optional.empty());
    WindowedFeature flown =
        new WindowedFeature(
            "flown_1h", new AggregateCall("sum", List.of("distance"), List.of()), Window.hours(1));
    Instant start = Instant.parse("2001-01-01T00:00:00Z");
    return new Write(
        new WindowAggregate(
            new Events("flights", timed, List.of("origin"), "at", List.of(flown)),
            new Emit.Every(start, start.plus(Duration.ofHours(4)), 3_600_000_000L)),
        Sink.Delta.whole(to));
  }

  private static void smoke(
      String options, Path jar, Path flights, Path folder, String runner, String master)
      throws IOException, InterruptedException {
    String name = runner.substring(runner.indexOf('=') + 1);
    Path plan = folder.resolve(name + ".plan");
    try (OutputStream out = Files.newOutputStream(plan)) {
      PlanBytes.write(plan(flights, folder.resolve(name).toString()), out);
    }
    List<String> command =
        List.of("java", options, "-cp", jar.toString(), ENTRY, "--plan=" + plan, runner, master);
    System.out.println(String.join(" ", command));
    long began = System.nanoTime();
    String said = say(command, folder.resolve(name + ".log"));
    System.out.printf("%s%n%.1f s%n", said.strip(), (System.nanoTime() - began) / 1e9);
    if (!said.contains("rows=")) {
      throw new IllegalStateException(name + " did not run the plan; see " + folder);
    }
  }

  private static double first(Path jar) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            "java",
            "-Xmx2g",
            "-cp",
            jar + File.pathSeparator + "benchmarks/target/classes",
            FirstBundle.class.getName());
    double best = Double.MAX_VALUE;
    for (int i = 0; i < TIMES; i++) {
      String said = say(command, Path.of("benchmarks/target/first-bundle.log"));
      System.out.println(said.strip().replace('\n', ' '));
      best =
          Math.min(
              best,
              said.lines()
                  .filter(line -> line.startsWith("measured bundle "))
                  .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[2]))
                  .findFirst()
                  .orElseThrow());
    }
    return best;
  }

  private static String say(List<String> command, Path log)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + " failed; see " + log);
    }
    return said;
  }
}
