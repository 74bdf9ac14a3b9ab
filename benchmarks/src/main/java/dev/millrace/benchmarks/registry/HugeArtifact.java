package dev.millrace.benchmarks.registry;

import dev.millrace.registry.Content;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import dev.millrace.registry.mlflow.MlflowDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** An ONNX file larger than the heap goes in, comes out, and is exported. */
public final class HugeArtifact {
  private HugeArtifact() {}

  /** Arguments: a folder that is not there yet, megabytes. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int megabytes = Integer.parseInt(arguments[1]);
    Path in = folder.resolve("in.onnx");
    Candidate.writeOnnx(in, "huge", megabytes << 20);
    try (Registry registry = Registry.open(RegistryConfig.embedded(folder.resolve("registry")))) {
      long start = System.nanoTime();
      ModelVersion version =
          registry.register(Candidate.of("huge", "huge", Content.of(in))).version();
      long registered = System.nanoTime();
      MlflowDirectory.write(registry, version, folder.resolve("exported"));
      long exported = System.nanoTime();
      int faults = registry.maintenance().prove().faults().size();
      long proved = System.nanoTime();
      System.out.println(
          String.format(
              Locale.ROOT,
              "%d MB with a heap of %d MB: registered in %.1f s, exported in %.1f s, proved in %.1f s with"
                  + " %d faults; first byte that differs %d (-1 is none)",
              megabytes,
              Runtime.getRuntime().maxMemory() >> 20,
              (registered - start) / 1e9,
              (exported - registered) / 1e9,
              (proved - exported) / 1e9,
              faults,
              Files.mismatch(in, folder.resolve("exported/model.onnx"))));
    }
  }
}
