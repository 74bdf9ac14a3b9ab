package dev.millrace.cli;

import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryException;
import dev.millrace.transforms.problem.Problem;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that opens a registry, does one thing and says what came of it. */
abstract class RegistryTask implements Callable<Integer> {
  @Mixin private RegistryOptions where = new RegistryOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public final Integer call() throws Exception {
    try (Registry registry = where.open()) {
      return run(registry);
    } finally {
      spec.commandLine().getOut().flush();
    }
  }

  /** The exit code. */
  abstract int run(Registry registry) throws Exception;

  final void say(Object line) {
    spec.commandLine().getOut().println(line);
  }

  final void show(TextTable table) {
    spec.commandLine().getOut().print(table);
  }

  /** {@code late_flight@3}; a name alone has no version. */
  static ModelVersion version(Registry registry, String reference) {
    return registry.resolve(reference);
  }

  /** The model and the alias of {@code late_flight@champion}. */
  record AliasName(String model, String alias) {
    static AliasName parse(String text) {
      int at = text.lastIndexOf('@');
      if (at <= 0 || at == text.length() - 1) {
        throw new RegistryException(
            new Problem(
                "Cannot tell model and alias of '" + text + "'",
                "it has no '@' between them",
                "Write MODEL@ALIAS, such as late_flight@champion."));
      }
      return new AliasName(text.substring(0, at), text.substring(at + 1));
    }
  }
}
