package dev.millrace.scoring.report;

import dev.millrace.transforms.drift.Verdict;

/** A verdict in a word, with a sign of its own so that colour is never the only one. */
final class VerdictBadge {
  private VerdictBadge() {}

  static String html(Verdict verdict) {
    return "<span class=\"badge %s\"><span aria-hidden=\"true\">%s</span> %s</span>"
        .formatted(style(verdict), sign(verdict), word(verdict));
  }

  static String word(Verdict verdict) {
    return switch (verdict) {
      case STABLE -> "Stable";
      case WATCH -> "Watch";
      case DRIFTED -> "Drifted";
    };
  }

  static String sign(Verdict verdict) {
    return switch (verdict) {
      case STABLE -> "✓";
      case WATCH -> "▲";
      case DRIFTED -> "◆";
    };
  }

  /** The class name in the style sheet. */
  static String style(Verdict verdict) {
    return switch (verdict) {
      case STABLE -> "stable";
      case WATCH -> "watch";
      case DRIFTED -> "drifted";
    };
  }
}
