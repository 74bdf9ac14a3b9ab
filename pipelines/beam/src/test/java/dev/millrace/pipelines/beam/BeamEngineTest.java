package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.MillraceException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BeamEngineTest {
  /** What a runner tells of a job that has ended, as Dataflow's does. */
  private record Ended(State state) implements PipelineResult {
    @Override
    public State getState() {
      return state;
    }

    @Override
    public State cancel() {
      return state;
    }

    @Override
    public State waitUntilFinish(Duration duration) {
      return state;
    }

    @Override
    public State waitUntilFinish() {
      return state;
    }

    @Override
    public MetricResults metrics() {
      throw new UnsupportedOperationException();
    }
  }

  /** A runner whose jobs end in the state that their name says. */
  static final class Ending extends PipelineRunner<PipelineResult> {
    public static Ending fromOptions(PipelineOptions unused) {
      return new Ending();
    }

    @Override
    public PipelineResult run(Pipeline pipeline) {
      return new Ended(PipelineResult.State.valueOf(pipeline.getOptions().getJobName()));
    }
  }

  private static Pipeline ending(PipelineResult.State state) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(Ending.class);
    options.setJobName(state.toString());
    return Pipeline.create(options);
  }

  @ParameterizedTest
  @EnumSource(names = {"FAILED", "CANCELLED"})
  void aJobThatFailedIsAFailure(PipelineResult.State state) {
    Pipeline pipeline = ending(state);
    assertThatThrownBy(() -> BeamEngine.run(pipeline))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "The job "
                + state
                + " did not finish: its runner says that it is "
                + state
                + ". See the runner's log of the job, and run it again.");
  }

  @ParameterizedTest
  @EnumSource(names = {"DONE", "UPDATED", "UNKNOWN"})
  void anyOtherIsNone(PipelineResult.State state) {
    Pipeline pipeline = ending(state);
    assertThatCode(() -> BeamEngine.run(pipeline)).doesNotThrowAnyException();
  }
}
