package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;

/** {@code model@version} or {@code model@alias}, taken apart. */
record ModelReference(String model, String selector) {
  static ModelReference parse(String text) {
    int at = text.lastIndexOf('@');
    if (at <= 0 || at == text.length() - 1) {
      throw new RegistryException(
          new Problem(
              "Cannot resolve model reference '" + text + "'",
              "it names no version and no alias",
              "Write model@version or model@alias, such as late_flight@12 or late_flight@champion."));
    }
    return new ModelReference(text.substring(0, at), text.substring(at + 1));
  }

  boolean isVersion() {
    return selector.matches("[0-9]{1,9}");
  }

  int version() {
    return Integer.parseInt(selector);
  }
}
