package dev.millrace.pipelines.beam;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.SdkHarnessOptions;

/**
 * The packages of Java that rows and their serialisers look into. Workers that a runner starts
 * itself must be told to open them; others are started with the flags of the launcher.
 */
final class OpenModules {
  private static final String FLAG = "--add-opens=";

  private OpenModules() {}

  /** Options that tell workers so, unless they say themselves what is open. */
  static PipelineOptions in(PipelineOptions options) {
    SdkHarnessOptions workers = options.as(SdkHarnessOptions.class);
    if (workers.getJdkAddOpenModules() == null || workers.getJdkAddOpenModules().isEmpty()) {
      workers.setJdkAddOpenModules(all());
    }
    return options;
  }

  /** {@code java.base/java.nio=ALL-UNNAMED}, and the others of the launcher. */
  static List<String> all() {
    try (InputStream flags =
        Objects.requireNonNull(OpenModules.class.getResourceAsStream("jvm.options"))) {
      return List.of(new String(flags.readAllBytes(), StandardCharsets.UTF_8).split("\\s+", -1))
          .stream()
          .filter(flag -> flag.startsWith(FLAG))
          .map(flag -> flag.substring(FLAG.length()))
          .toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
