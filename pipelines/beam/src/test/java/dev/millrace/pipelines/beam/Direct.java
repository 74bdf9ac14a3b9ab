package dev.millrace.pipelines.beam;

import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** An engine on the direct runner, with nothing in its memory. */
final class Direct {
  private Direct() {}

  static BeamEngine engine() {
    return BeamEngine.on(
        PipelineOptionsFactory.fromArgs("--runner=DirectRunner", "--targetParallelism=2").create());
  }
}
