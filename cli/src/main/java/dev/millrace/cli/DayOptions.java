package dev.millrace.cli;

import dev.millrace.features.Days;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Days of a run. */
final class DayOptions {
  @Option(
      names = "--from",
      converter = Day.class,
      paramLabel = "DAY",
      description = "The first day, in UTC, as 2001-02-05 (default: the schedule's).")
  private @Nullable LocalDate from;

  @Option(
      names = "--to",
      converter = Day.class,
      paramLabel = "DAY",
      description = "The day to stop before (default: the schedule's end).")
  private @Nullable LocalDate to;

  /** The days, where any are given. */
  Optional<Days> of(Days all) {
    return from == null && to == null ? Optional.empty() : Optional.of(or(all));
  }

  Days or(Days all) {
    return new Days(from == null ? all.start() : from, to == null ? all.end() : to);
  }
}
