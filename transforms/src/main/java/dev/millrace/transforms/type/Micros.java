package dev.millrace.transforms.type;

import java.time.Instant;

/** Times as microseconds since 1970-01-01T00:00:00Z, the form in which values hold them. */
public final class Micros {
  private Micros() {}

  /**
   * The microsecond that a time falls into; a time beyond 292,000 years is an {@link
   * ArithmeticException}.
   */
  public static long of(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
  }

  /** The time that a microsecond begins at. */
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }
}
