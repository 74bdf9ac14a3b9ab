package dev.millrace.registry;

import java.util.regex.Pattern;

/**
 * What models and aliases may be called, so that {@code model@alias} and {@code model@12} read one
 * way only.
 */
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,127}");

  private Names() {}

  static String check(String kind, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Cannot use '"
              + name
              + "' as "
              + kind
              + ": it must start with a letter and hold only letters, digits, '_', '.' and '-', at most 128 of them.");
    }
    return name;
  }

  static String checkText(String what, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("The " + what + " is blank.");
    }
    return text;
  }
}
