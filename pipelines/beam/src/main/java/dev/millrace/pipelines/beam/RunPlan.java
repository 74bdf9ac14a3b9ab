package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.PlanBytes;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.problem.MillraceException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Runs one plan and ends: the entry of a jar that is handed to a cluster, or that Dataflow makes a
 * template of. The plan is a file of {@link PlanBytes}, wherever Beam reads files.
 */
public final class RunPlan {
  private static final String PLAN = "--plan=";

  private RunPlan() {}

  /**
   * Runs it, and prints what it came to.
   *
   * @param arguments {@code --plan=} and the file, and Beam's options
   * @throws MillraceException where there is no plan, or the runner does not know an option
   */
  public static void main(String[] arguments) throws IOException {
    String plan =
        Arrays.stream(arguments)
            .filter(argument -> argument.startsWith(PLAN))
            .map(argument -> argument.substring(PLAN.length()))
            .findFirst()
            .orElseThrow(
                () ->
                    MillraceException.because(
                        "Cannot run " + Arrays.toString(arguments),
                        "no plan is among them",
                        "Give the file of one with " + PLAN));
    PipelineOptions options =
        RunnerOptions.parse(
            Arrays.stream(arguments).filter(argument -> !argument.startsWith(PLAN)).toList());
    try (BeamEngine engine = BeamEngine.on(options)) {
      Write write = read(plan);
      System.out.println(
          said(engine, write).map(WriteReport::toString).orElse("The template is made"));
    }
  }

  private static Write read(String file) throws IOException {
    try (InputStream in =
        new BufferedInputStream(
            Channels.newInputStream(
                FileSystems.open(FileSystems.matchSingleFileSpec(file).resourceId())))) {
      return (Write) PlanBytes.read(in);
    }
  }

  /** Empty where the runner keeps the job as a template: it answers no question about its end. */
  private static Optional<WriteReport> said(BeamEngine engine, Write write) {
    try {
      return Optional.of(engine.run(write));
    } catch (UnsupportedOperationException template) {
      if (!String.valueOf(template.getMessage()).contains("template")) {
        throw template;
      }
      return Optional.empty();
    }
  }
}
