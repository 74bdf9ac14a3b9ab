package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.FileCase;
import dev.millrace.pipelines.conformance.FileCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that workers read with what their class path has of Spark, which is Catalyst alone. */
class FlinkFilesTest {
  private static final BeamEngine ENGINE =
      BeamEngine.on(
          PipelineOptionsFactory.fromArgs(
                  "--runner=FlinkRunner", "--flinkMaster=[local]", "--parallelism=2")
              .create());

  static List<FileCase> cases() {
    return FileCases.all().stream().filter(each -> each.error().isEmpty()).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(FileCase each, @TempDir Path dir) throws IOException {
    each.check(ENGINE, dir);
  }
}
