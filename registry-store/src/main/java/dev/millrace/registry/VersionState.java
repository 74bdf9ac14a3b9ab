package dev.millrace.registry;

import java.util.Locale;

/** How far a version is. */
public enum VersionState {
  /** Its number is taken and its bytes are on their way; it cannot be loaded or promoted yet. */
  PENDING,
  /** All its bytes are kept; it never changes any more. */
  READY;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static VersionState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
