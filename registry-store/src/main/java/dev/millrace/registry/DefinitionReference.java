package dev.millrace.registry;

/**
 * A definition by its meaning.
 *
 * @param kind what is defined, such as {@code feature view}, {@code training set} or {@code label}
 * @param name its name
 * @param fingerprint the digest of its canonical text
 */
public record DefinitionReference(String kind, String name, String fingerprint) {
  public DefinitionReference {
    Names.checkText("kind of a definition", kind);
    Names.checkText("name of a " + kind, name);
    Names.checkText("fingerprint of " + kind + " '" + name + "'", fingerprint);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
