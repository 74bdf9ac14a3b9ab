package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.conformance.FileCase;
import dev.millrace.pipelines.conformance.FileCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of text and of Avro. */
class FilesConformanceTest {
  static List<FileCase> cases() {
    return FileCases.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(FileCase each, @TempDir Path dir) throws IOException {
    each.check(TestSpark.ENGINE, dir);
  }
}
