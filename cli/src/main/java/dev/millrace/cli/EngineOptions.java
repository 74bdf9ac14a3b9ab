package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipelines.beam.BeamProcess;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.transforms.problem.MillraceException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The engine that brings in sources and keeps views. */
final class EngineOptions {
  /** The engines, as options name them. */
  enum Name {
    SPARK,
    BEAM
  }

  /** The runners of Beam that come with the command, as options name them. */
  enum Runner {
    DIRECT("DirectRunner", "beam/target/runners.classpath"),
    FLINK("FlinkRunner", "beam-flink/target/runner.classpath"),
    SPARK("SparkRunner", "beam-spark/target/runner.classpath");

    private final String name;
    private final String classPath;

    Runner(String name, String classPath) {
      this.name = name;
      this.classPath = classPath;
    }

    /** What it is told of this machine where nothing is said of a cluster. */
    private List<String> here(List<String> said) {
      int cores = Runtime.getRuntime().availableProcessors();
      return switch (this) {
        case DIRECT -> List.of();
        case FLINK ->
            isSaid(said, "--flinkMaster")
                ? List.of()
                : List.of("--flinkMaster=[local]", "--parallelism=" + cores);
        case SPARK ->
            isSaid(said, "--sparkMaster")
                ? List.of()
                : List.of("--sparkMaster=local[" + cores + "]");
      };
    }

    private static boolean isSaid(List<String> said, String option) {
      return said.stream().anyMatch(each -> each.startsWith(option));
    }
  }

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      defaultValue = "SPARK",
      description =
          "What brings in sources and keeps views: ${COMPLETION-CANDIDATES} (default: spark). Models are trained with Spark.")
  private Name engine = Name.SPARK;

  @Option(
      names = "--runner",
      paramLabel = "RUNNER",
      defaultValue = "FLINK",
      description = "Of Beam: ${COMPLETION-CANDIDATES} (default: flink); direct is for a few rows.")
  private Runner runner = Runner.FLINK;

  @Parameters(
      paramLabel = "OPTION",
      description = "Of the runner, after --: --parallelism=4",
      arity = "0..*")
  private List<String> options = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /**
   * What was opened.
   *
   * @param beam null where Spark does all
   */
  record Opened(@Nullable BeamProcess beam) implements AutoCloseable {
    Engine or(Engine spark) {
      return beam == null ? spark : beam;
    }

    @Override
    public void close() {
      if (beam != null) {
        beam.close();
      }
    }
  }

  boolean isBeam() {
    return engine == Name.BEAM;
  }

  /** Refuses what would say nothing to the engine. */
  void check() {
    if (!isBeam() && !options.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "'"
              + String.join(" ", options)
              + "' is for a runner of Beam: leave it out, or give --engine beam");
    }
  }

  Opened open(Home home) {
    return open(home, Map.of());
  }

  /**
   * The same; definitions name connections.
   *
   * @param connections their settings, such as {@code kafka.main.bootstrap.servers}
   */
  Opened open(Home home, Map<String, String> connections) {
    return new Opened(isBeam() ? beam(home, connections) : null);
  }

  private BeamProcess beam(Home home, Map<String, String> connections) {
    List<String> all = new ArrayList<>();
    all.add("--runner=" + runner.name);
    all.addAll(runner.here(options));
    if (!connections.isEmpty()) {
      try {
        all.add("--connections=" + new ObjectMapper().writeValueAsString(connections));
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    all.addAll(options);
    return BeamProcess.start(java(), all, home.folder().resolve("logs/beam.log"));
  }

  /** A Java like this one, with Beam and one runner on the class path. */
  private List<String> java() {
    Path pipelines = Path.of(System.getProperty("millrace.pipelines", "pipelines"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--add-opens") || each.startsWith("-X"))
        .forEach(command::add);
    command.add("-Duser.timezone=UTC");
    try {
      command.add("-cp");
      command.add(
          pipelines.resolve("beam/target/classes")
              + File.pathSeparator
              + Files.readString(pipelines.resolve(runner.classPath)).strip());
    } catch (IOException gone) {
      throw MillraceException.because(
          "There is no Beam engine for " + runner.name + " in " + pipelines,
          "it has no readable " + runner.classPath,
          "Build Millrace, and start it with the launcher");
    }
    return command;
  }
}
