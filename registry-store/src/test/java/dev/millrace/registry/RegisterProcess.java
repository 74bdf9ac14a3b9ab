package dev.millrace.registry;

import java.nio.file.Path;

/** Registers one model in a process of its own, and says what came of it. */
final class RegisterProcess {
  private RegisterProcess() {}

  /**
   * Arguments: the registry's folder, a seed, the bytes of its weights, the most a file may have.
   */
  public static void main(String[] arguments) throws Exception {
    try (Registry registry = Registry.open(RegistryConfig.embedded(Path.of(arguments[0])))) {
      new ProcessBuilder(
              "prlimit",
              "--pid",
              Long.toString(ProcessHandle.current().pid()),
              "--fsize=" + arguments[3])
          .inheritIO()
          .start()
          .waitFor();
      int seed = Integer.parseInt(arguments[1]);
      Registration registration =
          registry.register(
              Candidates.of("late_flight", seed)
                  .artifact(Onnx.heavy(seed, Integer.parseInt(arguments[2])))
                  .build());
      System.out.println("registered " + registration.version().reference());
    } catch (RegistryException refused) {
      System.out.println("refused: " + refused.getMessage());
    }
  }
}
