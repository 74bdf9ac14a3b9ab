package dev.millrace.benchmarks.registry;

import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/** An artifact larger than the heap goes in and comes out. */
public final class HugeArtifact {
  private static final int PART = 1 << 20;

  private HugeArtifact() {}

  /** Arguments: a folder that is not there yet, megabytes. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int megabytes = Integer.parseInt(arguments[1]);
    Path in = folder.resolve("in");
    byte[] part = new byte[PART];
    Random random = new Random(1);
    try (OutputStream out = Files.newOutputStream(in)) {
      for (int i = 0; i < megabytes; i++) {
        random.nextBytes(part);
        out.write(part);
      }
    }
    try (Registry registry = Registry.open(RegistryConfig.embedded(folder.resolve("registry")))) {
      long start = System.nanoTime();
      ModelVersion version =
          registry
              .register(
                  ModelCandidate.named("huge")
                      .flavour("weights")
                      .input("text", "string")
                      .output("text", "string")
                      .artifact(in)
                      .build())
              .version();
      long registered = System.nanoTime();
      registry.copyArtifact(version, folder.resolve("out"));
      long copied = System.nanoTime();
      System.out.println(
          String.format(
              Locale.ROOT,
              "%d MB with a heap of %d MB: registered in %.1f s, copied out in %.1f s, first byte that"
                  + " differs %d (-1 is none)",
              megabytes,
              Runtime.getRuntime().maxMemory() >> 20,
              (registered - start) / 1e9,
              (copied - registered) / 1e9,
              Files.mismatch(in, folder.resolve("out"))));
    }
  }
}
