package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.conformance.ClassPathJars;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DataflowClassPathTest {
  private static final ClassPathJars JARS = ClassPathJars.in(Path.of("target/runner.classpath"));

  @Test
  void aLibraryIsThereInOneVersion() {
    assertThat(JARS.versions())
        .containsOnlyKeys("avro", "jackson-", "protobuf-java")
        .allSatisfy((library, versions) -> assertThat(versions).as(library).hasSize(1));
  }

  @Test
  void noClassIsInTwoJars() {
    assertThat(JARS.twice()).isEmpty();
  }

  @Test
  void rowsHaveOneKryo() {
    assertThat(JARS.names())
        .filteredOn(name -> name.startsWith("kryo"))
        .hasSize(1)
        .allMatch(name -> name.startsWith("kryo-2"));
  }

  @Test
  void nothingIsMissingThatGeneratedCodeLooksInto() {
    assertThat(JARS.missing()).isEmpty();
  }
}
