package dev.millrace.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who does something to a model, and why; kept in its history. */
final class WhoAndWhy {
  @Mixin private Who who = new Who();

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  String by() {
    return who.by();
  }

  String reason() {
    return reason;
  }
}
