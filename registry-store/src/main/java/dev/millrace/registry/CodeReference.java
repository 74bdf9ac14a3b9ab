package dev.millrace.registry;

/**
 * The code that trained a model.
 *
 * @param commit its commit; empty where not known
 * @param dirty whether files differed from that commit
 */
public record CodeReference(String commit, boolean dirty) {
  static final CodeReference UNKNOWN = new CodeReference("", false);
}
