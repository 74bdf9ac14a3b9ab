package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code millrace}, as far as it goes before it starts Java. */
class LauncherTest {
  @TempDir Path dir;

  @Test
  void anotherJavaVersionIsRefused() throws Exception {
    Path java = dir.resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.20\" 2023-07-18' >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(launch(dir.toString()))
        .isEqualTo(
            "1 millrace: Java 11 was found: Spark 3.5 and this build need Java 17. Set JAVA_HOME to a JDK 17.\n");
  }

  @Test
  void aMissingJavaSaysSo() throws Exception {
    assertThat(launch(dir.resolve("none").toString()))
        .isEqualTo(
            "1 millrace: There is no Java: '"
                + dir.resolve("none/bin/java")
                + "' cannot be run. Install a JDK 17 and set JAVA_HOME to it.\n");
  }

  private String launch(String javaHome) throws IOException, InterruptedException {
    ProcessBuilder launcher =
        new ProcessBuilder(
            Path.of("../millrace").toAbsolutePath().normalize().toString(), "quickstart");
    launcher.environment().putAll(Map.of("JAVA_HOME", javaHome));
    Process process = launcher.directory(dir.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + output;
  }
}
