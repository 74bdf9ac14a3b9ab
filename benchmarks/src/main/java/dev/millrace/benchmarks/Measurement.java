package dev.millrace.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured thing against what it may cost.
 *
 * @param work what was done, with the unit of {@code ours} and {@code peer}
 * @param peer what the same work costs where the bound is a ratio to it; null where the bound is on
 *     {@code ours} itself
 * @param bound the most that the ratio, or {@code ours}, may be
 */
public record Measurement(String work, double ours, @Nullable Double peer, double bound) {
  @Nullable Double ratio() {
    return peer == null ? null : (Double) (ours / peer);
  }

  /** Whether it is within its bound. */
  public boolean holds() {
    Double ratio = ratio();
    return (ratio == null ? ours : ratio) <= bound;
  }

  String toJson() {
    return String.format(
        Locale.ROOT,
        "{\"work\": \"%s\", \"ours\": %s, \"peer\": %s, \"ratio\": %s, \"bound\": %s, \"holds\": %s}",
        work,
        number(ours),
        number(peer),
        number(ratio()),
        number(bound),
        holds());
  }

  String toRow() {
    return String.format(
        Locale.ROOT,
        "%-76s %12s %12s %8s %8s  %s",
        work,
        number(ours),
        peer == null ? "" : number(peer),
        peer == null ? "" : number(ratio()),
        number(bound),
        holds() ? "holds" : "FALLS SHORT");
  }

  private static String number(@Nullable Double value) {
    return value == null ? "null" : String.format(Locale.ROOT, "%.4g", value);
  }
}
