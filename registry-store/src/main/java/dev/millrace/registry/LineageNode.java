package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.util.Arrays;
import java.util.Locale;

/**
 * Something that lineage leads to or from.
 *
 * @param kind what it is
 * @param name its name, or where it lies
 * @param version its version: of a table, its Delta version or snapshot; of a definition, its
 *     fingerprint; of a model, its number; empty where it has none
 */
public record LineageNode(Kind kind, String name, String version) {
  /** What lineage connects, in the order in which one is made of the other. */
  public enum Kind {
    /** A table or topic that comes from elsewhere. */
    SOURCE,
    /** The log of a source's events, or the values of a view, in the workspace. */
    TABLE,
    /** The definition of a view. */
    FEATURE_VIEW,
    /** The rows that a model is fitted to. */
    TRAINING_SET,
    /** A model version. */
    MODEL,
    /** What a scoring run wrote. */
    PREDICTIONS,
    /** What a watch wrote. */
    REPORT;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public LineageNode {
    Names.checkText("name of a " + kind.text(), name);
  }

  /**
   * Reads {@code model:late_flight@12}.
   *
   * @throws RegistryException if the text is not of that form
   */
  public static LineageNode parse(String text) {
    int colon = text.indexOf(':');
    int at = text.lastIndexOf('@');
    for (Kind kind : Kind.values()) {
      if (colon > 0 && kind.text().equals(text.substring(0, colon))) {
        return at > colon
            ? new LineageNode(kind, text.substring(colon + 1, at), text.substring(at + 1))
            : new LineageNode(kind, text.substring(colon + 1), "");
      }
    }
    throw new RegistryException(
        new Problem(
            "Cannot follow the lineage of '" + text + "'",
            "it says no kind of thing",
            "Write KIND:NAME@VERSION with one of "
                + Arrays.stream(Kind.values()).map(Kind::text).toList()
                + ", such as model:late_flight@12."));
  }

  /** {@code model:late_flight@12}. */
  @Override
  public String toString() {
    return kind.text() + ":" + name + (version.isEmpty() ? "" : "@" + version);
  }
}
