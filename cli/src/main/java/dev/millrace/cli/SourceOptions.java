package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Sources of a pipeline. */
final class SourceOptions {
  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description = "The source (default: every source of the pipeline).")
  private @Nullable String source;

  /** The one that is named, or all. */
  List<Source> of(Pipeline pipeline) {
    return Chosen.of("source", source, pipeline.sources(), Source::name, pipeline.name());
  }
}
