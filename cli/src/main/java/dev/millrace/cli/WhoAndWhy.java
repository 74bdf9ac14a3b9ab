package dev.millrace.cli;

import picocli.CommandLine.Option;

/** Who does something to a model, and why; kept in its history. */
final class WhoAndWhy {
  @Option(
      names = "--by",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who does it (default: ${DEFAULT-VALUE}).")
  private String by = "";

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  String by() {
    return by;
  }

  String reason() {
    return reason;
  }
}
