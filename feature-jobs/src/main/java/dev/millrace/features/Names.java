package dev.millrace.features;

import java.util.regex.Pattern;

/** Names of definitions, which become folders, columns and keys. */
public final class Names {
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]*");

  private Names() {}

  /**
   * The name, if it is lower-case letters, digits and single underscores, and begins with a letter.
   */
  public static String check(String kind, String name) {
    if (!FORM.matcher(name).matches() || name.contains("__")) {
      throw new IllegalArgumentException(
          "Name '"
              + name
              + "' of a "
              + kind
              + " does not do: it becomes a folder, a column and a key. "
              + "Use lower-case letters, digits and single underscores, beginning with a letter.");
    }
    return name;
  }
}
