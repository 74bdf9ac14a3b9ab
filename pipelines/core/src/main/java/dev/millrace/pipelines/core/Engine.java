package dev.millrace.pipelines.core;

import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs plans. Failures that a person can act on are {@link
 * dev.millrace.transforms.problem.MillraceException}s.
 */
public interface Engine extends AutoCloseable {
  /** Runs a plan to its end: its rows are in the sink and complete, or nothing of them is. */
  WriteReport run(Write write);

  /**
   * How each write's rows stand, without computing them; the online store does not say, and counts
   * as missing.
   */
  List<Standing> standing(List<Write> writes);

  /**
   * The last run that replaced rows of a table, as its commit says; what a stream adds is none.
   *
   * @param aside where such a run sets rows aside once the others are in the table
   */
  Optional<LastRun> lastRun(Location.DeltaTable table, Location.DeltaTable aside);

  /**
   * What the last hundred runs that judged rows of a table found, newest first, as its commits say;
   * no row is read.
   */
  List<PastRun> runs(Location.DeltaTable table);

  /**
   * A run.
   *
   * @param interval of the rows that it replaced; empty of all
   * @param read the version of each location that they are made of, by the location's text
   * @param isWhole whether it has set rows aside too; it was stopped before that, or is at work,
   *     where not
   */
  record LastRun(Optional<Interval> interval, Map<String, String> read, boolean isWhole)
      implements Serializable {
    public LastRun {
      read = Map.copyOf(read);
    }
  }

  /**
   * Follows a stream, from where its log says that it is.
   *
   * @param listener hears of each batch
   * @throws dev.millrace.transforms.problem.MillraceException where there is no such stream, or the
   *     engine follows none
   */
  Following follow(Follow follow, FollowSettings settings, Following.Listener listener);

  /** The rows themselves, for results small enough for one process. */
  Rows collect(Node node);

  /**
   * The rows of a whole space of the online store, read back.
   *
   * @throws dev.millrace.transforms.problem.MillraceException where the store does not answer, or
   *     the engine reads none
   */
  Rows online(OnlineRead read);

  /**
   * What the location holds now, in a form that changes with it: a Delta version, a digest of
   * files' names and sizes.
   */
  String version(Location location);

  /**
   * Joins a table's small files, partition by partition. The rows stay as they are, and what was
   * found done stays done; the files before it are kept for older versions. Where there is no such
   * table nothing is done.
   */
  Compaction compact(Location.DeltaTable table);

  /** How many files were joined, and how many they became. */
  record Compaction(long before, long after) implements Serializable {}

  /**
   * Deletes the files that only old versions of a table have: those can be read no more. Versions
   * that were the newest at some time since, and the pinned ones, can be. Where there is no such
   * table nothing is done.
   *
   * @param since a week past or more, so that no run is at work on what is deleted
   * @param pinned versions to keep, whatever their age
   * @return how many files were deleted
   * @throws dev.millrace.transforms.problem.MillraceException where there is no such version
   */
  long vacuum(Location.DeltaTable table, Instant since, Set<Long> pinned);

  @Override
  void close();

  /**
   * Rows in memory: {@code Long}, {@code Double}, {@code String}, {@code Instant}, {@code byte[]},
   * ... or null.
   */
  record Rows(Schema schema, List<List<@Nullable Object>> values) implements Serializable {
    /** The values of one column. */
    public List<@Nullable Object> column(String name) {
      int index = schema.names().indexOf(name);
      if (index < 0) {
        throw new IllegalArgumentException("no column '" + name + "' in " + schema);
      }
      return values.stream().map(row -> row.get(index)).toList();
    }
  }
}
