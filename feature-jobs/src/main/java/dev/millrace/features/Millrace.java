package dev.millrace.features;

/**
 * Where a test begins.
 *
 * <pre>
 *   LocalValues values = Millrace.local().run(spend, List.of(
 *       Map.of("customer", "a", "paid_at", Instant.parse("2024-03-01T10:00:00Z"), "amount", 2.5)));
 *   assertThat(values.at(Instant.parse("2024-03-01T10:30:00Z")).of("a"))
 *       .containsEntry("total_1h", 2.5);
 * </pre>
 */
public final class Millrace {
  private Millrace() {}

  /** Runs definitions over rows in memory: no cluster, no files, milliseconds. */
  public static LocalViews local() {
    return new LocalViews();
  }
}
