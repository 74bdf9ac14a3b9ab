package dev.millrace.cli;

import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registration;
import dev.millrace.registry.Registry;
import dev.millrace.registry.mlflow.MlflowDirectory;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Commands that take versions to and from MLflow. */
final class RegistryExchange {
  private RegistryExchange() {}

  /** Writes a model directory of MLflow. */
  @Command(name = "export", description = "Write a version as a model directory of MLflow.")
  static final class Export extends RegistryTask {
    @Parameters(index = "0", paramLabel = "MODEL@VERSION", description = "The version.")
    private String reference = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "A folder that is not there yet.")
    private Path folder = Path.of("model");

    @Override
    int run(Registry registry) {
      ModelVersion version = version(registry, reference);
      MlflowDirectory.write(registry, version, folder);
      say(version.reference() + " is in " + folder + ", for mlflow.onnx.load_model.");
      return 0;
    }
  }

  /** Registers a model directory of MLflow. */
  @Command(
      name = "import",
      description = "Register a model directory of MLflow (ONNX flavour) as the next version.")
  static final class Import extends RegistryTask {
    @Parameters(index = "0", paramLabel = "DIR", description = "The folder with the file MLmodel.")
    private Path folder = Path.of("model");

    @Parameters(index = "1", paramLabel = "MODEL", description = "What it is a version of.")
    private String model = "";

    @Override
    int run(Registry registry) {
      Registration registration = registry.register(MlflowDirectory.read(folder, model).build());
      say(
          registration.version().reference()
              + (registration.created() ? " is registered." : " holds that content already."));
      return 0;
    }
  }
}
