package dev.millrace.benchmarks.registry;

import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import java.nio.file.Path;

/** Opens a registry in a new process and resolves once. */
public final class ColdResolve {
  private ColdResolve() {}

  /** Arguments: the registry's folder, a reference. Prints milliseconds to open, and to resolve. */
  public static void main(String[] arguments) {
    long start = System.nanoTime();
    try (Registry registry = Registry.open(RegistryConfig.embedded(Path.of(arguments[0])))) {
      long opened = System.nanoTime();
      registry.resolve(arguments[1]);
      long resolved = System.nanoTime();
      System.out.println((opened - start) / 1e6 + " " + (resolved - opened) / 1e6);
    }
  }
}
