package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Scripts of {@code src/test/python} in a virtual environment below {@code target}. */
final class Python {
  private static final Path SCRIPTS = Path.of("src/test/python").toAbsolutePath();
  private static final Path ENVIRONMENT = Path.of("target/python").toAbsolutePath();
  private static final Path READY = ENVIRONMENT.resolve("requirements.txt");

  private Python() {}

  /**
   * What a script prints. Where there is no Python the test is passed over with a word, unless
   * {@code MILLRACE_PYTHON} is {@code required}.
   */
  static List<String> run(String script, String... arguments)
      throws IOException, InterruptedException {
    prepare();
    List<String> command =
        new ArrayList<>(List.of(bin("python"), SCRIPTS.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return call(command.toArray(String[]::new)).lines().toList();
  }

  /** Starts a program of the environment, whose output and errors are one stream. */
  static Process start(String program, String... arguments)
      throws IOException, InterruptedException {
    prepare();
    List<String> command = new ArrayList<>(List.of(bin(program)));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private static void prepare() throws IOException, InterruptedException {
    Path requirements = SCRIPTS.resolve("requirements.txt");
    if (!Files.exists(READY) || Files.mismatch(READY, requirements) >= 0) {
      boolean there = there("python3", "-m", "venv", "--help");
      if (!"required".equals(System.getenv("MILLRACE_PYTHON"))) {
        Assumptions.assumeTrue(
            there, "There is no python3 with venv here: what other engines read is not tried.");
      }
      call("python3", "-m", "venv", ENVIRONMENT.toString());
      call(bin("pip"), "install", "--quiet", "--requirement", requirements.toString());
      Files.copy(requirements, READY, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String bin(String program) {
    return ENVIRONMENT.resolve("bin").resolve(program).toString();
  }

  private static boolean there(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException none) {
      return false;
    }
  }

  private static String call(String... command) throws IOException, InterruptedException {
    Path errors = Files.createTempFile("python", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as(String.join(" ", command) + "\n" + Files.readString(errors))
        .isZero();
    Files.delete(errors);
    return said;
  }
}
