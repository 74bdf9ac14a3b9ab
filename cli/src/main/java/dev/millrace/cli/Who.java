package dev.millrace.cli;

import picocli.CommandLine.Option;

/** Who does something to a model. */
final class Who {
  @Option(
      names = "--by",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who does it (default: ${DEFAULT-VALUE}).")
  private String by = "";

  String by() {
    return by;
  }
}
