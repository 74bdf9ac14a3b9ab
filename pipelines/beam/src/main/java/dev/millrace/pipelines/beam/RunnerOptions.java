package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PipelineOptionsValidator;

/** What runners are told. */
final class RunnerOptions {
  private RunnerOptions() {}

  /**
   * The options.
   *
   * @throws MillraceException where the runner does not know one, or lacks one
   */
  static PipelineOptions parse(List<String> arguments) {
    try {
      PipelineOptions options =
          PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new)).create();
      return OpenModules.in(PipelineOptionsValidator.validate(PipelineOptions.class, options));
    } catch (IllegalArgumentException wrong) {
      throw MillraceException.because(
          "Cannot run with the options " + arguments,
          String.valueOf(wrong.getMessage()).lines().findFirst().orElse(""),
          "Give options that the runner on the class path knows");
    }
  }

  /**
   * The same for a stream, which a runner is to follow while its caller does something else: what
   * it lacks is added, and what was given stays.
   *
   * <p>A Flink keeps all of its state at each checkpoint, and a batch waits for one: there are two
   * to a batch, but none within a second of another.
   *
   * @param settings of the stream, whose folder has what a Flink left
   * @param logId names the log: what was left of one that was made anew since has offsets beyond
   *     what the new one has
   * @param goesOn whether a Flink goes on from what it left of this log
   */
  static List<String> ofStream(
      List<String> arguments, FollowSettings settings, long logId, boolean goesOn) {
    String checkpoint = settings.checkpoint() + "/" + Long.toHexString(logId);
    long interval = Math.max(1_000, settings.trigger().toMillis() / 2);
    List<String> all = new ArrayList<>(arguments);
    if (arguments.contains("--runner=FlinkRunner")) {
      add(all, "--attachedMode", "false");
      add(all, "--checkpointingInterval", Long.toString(interval));
      add(all, "--numberOfExecutionRetries", "10");
      add(all, "--executionRetryDelay", "1000");
      add(all, "--fasterCopy", "true");
      String folder = checkpoint.contains(":") ? checkpoint : "file://" + checkpoint;
      add(all, "--stateBackend", "filesystem");
      add(all, "--stateBackendStoragePath", folder);
      add(all, "--externalizedCheckpointsEnabled", "true");
      add(all, "--retainExternalizedCheckpointsOnCancellation", "true");
      if (goesOn) {
        newest(checkpoint).ifPresent(kept -> goOn(all, checkpoint, kept));
      }
    } else if (arguments.contains("--runner=DirectRunner")) {
      add(all, "--blockOnRun", "false");
    }
    return all;
  }

  /**
   * A cluster is told by an option where to go on, a Flink of this process by its settings alone.
   */
  private static void goOn(List<String> arguments, String checkpoint, String kept) {
    if (!arguments.contains("--flinkMaster=[local]")) {
      add(arguments, "--savepointPath", kept);
      return;
    }
    Path settings = Path.of(checkpoint).resolve("settings");
    try {
      Files.createDirectories(settings);
      Files.writeString(
          settings.resolve("flink-conf.yaml"), "execution.savepoint.path: file://" + kept + "\n");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    add(arguments, "--flinkConfDir", settings.toString());
  }

  /** The newest whole checkpoint that a Flink left in a folder. */
  private static Optional<String> newest(String folder) {
    try {
      return FileSystems.match(folder + "/*/chk-*/_metadata", EmptyMatchTreatment.ALLOW)
          .metadata()
          .stream()
          .max(Comparator.comparingLong(MatchResult.Metadata::lastModifiedMillis))
          .map(file -> file.resourceId().getCurrentDirectory().toString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void add(List<String> arguments, String option, String value) {
    if (arguments.stream().noneMatch(each -> each.startsWith(option + "="))) {
      arguments.add(option + "=" + value);
    }
  }
}
