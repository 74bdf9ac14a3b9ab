package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Deletes the files that only old versions of tables have.
 *
 * @param keep how long a version can be read after another took its place
 */
public record VacuumJob(Duration keep) {
  private static final Duration LEAST = Duration.ofDays(7);

  public VacuumJob {
    if (keep.compareTo(LEAST) < 0) {
      throw new IllegalArgumentException(
          "Old versions are kept for "
              + LEAST.toDays()
              + " days at least, since a run may be at work on one. "
              + keep.toDays()
              + " are too few.");
    }
  }

  /**
   * Cleans up.
   *
   * @param tables Delta tables, by path; those that are not there yet are passed over
   * @param pinned versions to keep whatever their age, by table: those that models were trained on
   * @return how many files of each table were deleted
   */
  public Map<String, Long> run(
      Engine engine, Collection<String> tables, Map<String, Set<Long>> pinned, Instant now) {
    Map<String, Long> deleted = new LinkedHashMap<>();
    for (String table : tables) {
      Set<Long> kept = pinned.getOrDefault(table, Set.of());
      deleted.put(table, engine.vacuum(Location.DeltaTable.at(table), now.minus(keep), kept));
    }
    return deleted;
  }
}
