package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.PlanBytes;
import dev.millrace.transforms.problem.MillraceException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Serializable;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PipelineOptionsValidator;

/** The other end of {@link BeamProcess}: answers one request after another until there is none. */
public final class BeamWorker {
  private BeamWorker() {}

  /**
   * Runs it.
   *
   * @param arguments Beam's options
   */
  public static void main(String[] arguments) throws IOException {
    InputStream requests = new BufferedInputStream(System.in);
    OutputStream answers = new BufferedOutputStream(System.out);
    // What libraries print must not come between the answers.
    System.setOut(new PrintStream(System.err, true, StandardCharsets.UTF_8));
    BeamEngine engine;
    try {
      engine = BeamEngine.on(options(arguments));
    } catch (RuntimeException failure) {
      answer(failed(failure), answers);
      return;
    }
    answer(true, answers);
    while (true) {
      BeamProcess.Request request;
      try {
        request = (BeamProcess.Request) PlanBytes.read(requests);
      } catch (EOFException done) {
        engine.close();
        // Runners leave threads behind that would keep the process alive.
        System.exit(0);
        return;
      }
      Serializable answer;
      try {
        answer = Objects.requireNonNull(request.of(engine));
      } catch (RuntimeException failure) {
        answer = failed(failure);
      }
      answer(answer, answers);
    }
  }

  /**
   * The options.
   *
   * @throws MillraceException where the runner does not know one, or lacks one
   */
  static PipelineOptions options(String... arguments) {
    try {
      PipelineOptions options = PipelineOptionsFactory.fromArgs(arguments).create();
      return OpenModules.in(PipelineOptionsValidator.validate(PipelineOptions.class, options));
    } catch (IllegalArgumentException wrong) {
      throw MillraceException.because(
          "Cannot run with the options " + Arrays.toString(arguments),
          String.valueOf(wrong.getMessage()).lines().findFirst().orElse(""),
          "Give options that the runner on the class path knows");
    }
  }

  private static void answer(Serializable value, OutputStream out) throws IOException {
    PlanBytes.write(value, out);
    out.flush();
  }

  private static BeamProcess.Failed failed(RuntimeException failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return new BeamProcess.Failed(
        failure instanceof MillraceException,
        String.valueOf(failure.getMessage()),
        trace.toString());
  }
}
