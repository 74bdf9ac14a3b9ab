package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command works, and on what. */
final class HomeOptions {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "millrace-quickstart",
      description = "Where everything lies (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of("millrace-quickstart");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the project's data lies (default: the project's own).")
  private @Nullable Path data;

  /** The folder, ours to write to. */
  Home claim() {
    return Home.claim(dir);
  }

  Pipeline pipeline() {
    return Home.pipeline(data);
  }
}
