package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.transforms.problem.MillraceException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the commits of a table say: which run wrote which interval. They are read newest first, and
 * no further back than they are asked for.
 */
public final class TableHistory {
  /** The application whose transactions' numbers are those of a stream's batches. */
  public static final String STREAM = "millrace stream";

  /**
   * How long a table keeps its log: what was written when is known for that long, as it must be to
   * tell what need not be written again.
   */
  public static final String KEPT = "interval 3650 days";

  private static final int FIRST_LOOK = 100;

  /** Reads a table's commits. */
  public interface Log {
    /** The newest commits, the last one first; all of them where they are fewer. */
    List<Commit> newest(int most);
  }

  /**
   * A commit.
   *
   * @param rows that it wrote
   * @param changesRows false of compaction, clean-up and properties, which leave the rows as they
   *     are
   * @param account of a run of Millrace; null where another wrote
   */
  public record Commit(long version, long rows, boolean changesRows, @Nullable Account account) {
    private boolean touches(Optional<Interval> interval) {
      return account == null || account.parts().stream().anyMatch(part -> part.touches(interval));
    }
  }

  private final Log log;
  private List<Commit> commits = List.of();
  private boolean complete;

  private TableHistory(Log log, boolean complete) {
    this.log = log;
    this.complete = complete;
  }

  /** Of a table as it is now. */
  public static TableHistory of(Log log) {
    return new TableHistory(log, false);
  }

  /** Of no table. */
  public static TableHistory none() {
    return new TableHistory(most -> List.of(), true);
  }

  /** Whether an operation of Delta is none of those that leave the rows as they are. */
  public static boolean changesRows(String operation) {
    return !operation.equals("OPTIMIZE")
        && !operation.startsWith("VACUUM")
        && !operation.endsWith("TBLPROPERTIES");
  }

  /** The newest commit that wrote in the interval, or anywhere where that is empty. */
  public Optional<Commit> newest(Optional<Interval> interval) {
    return newest(interval, OptionalLong.empty());
  }

  /** The same of the commits up to a version. */
  public Optional<Commit> newest(Optional<Interval> interval, OptionalLong upTo) {
    look();
    Optional<Commit> found = among(interval, upTo);
    if (found.isEmpty() && !complete) {
      read(Integer.MAX_VALUE);
      found = among(interval, upTo);
    }
    return found;
  }

  private Optional<Commit> among(Optional<Interval> interval, OptionalLong upTo) {
    return commits.stream()
        .filter(commit -> upTo.isEmpty() || commit.version() <= upTo.getAsLong())
        .filter(commit -> commit.touches(interval))
        .findFirst();
  }

  /** How what is there of an interval stands to what a run of that identity would write. */
  public Standing standing(Optional<Interval> interval, PlanIdentity identity) {
    Optional<Commit> last = newest(interval);
    if (last.isEmpty()) {
      return Standing.MISSING;
    }
    Account account = last.get().account();
    return account == null ? Standing.DEFINITION_CHANGED : account.standing(interval, identity);
  }

  /** Whether the newest commit of a part's interval wrote just that part. */
  public boolean has(Account.Part part) {
    return newest(part.interval())
        .map(Commit::account)
        .filter(account -> account.parts().contains(part))
        .isPresent();
  }

  /** What the last hundred runs that judged their rows found of them, newest first. */
  public List<PastRun> runs() {
    look();
    List<PastRun> found = runsAmong();
    if (found.size() < FIRST_LOOK && !complete) {
      read(Integer.MAX_VALUE);
      found = runsAmong();
    }
    return found;
  }

  private List<PastRun> runsAmong() {
    return commits.stream()
        .flatMap(commit -> Optional.ofNullable(commit.account()).stream())
        .filter(account -> !account.expectations().isEmpty())
        .limit(FIRST_LOOK)
        .map(account -> new PastRun(account.covered(), account.expectations()))
        .toList();
  }

  /** Whether a stream goes into the table. */
  public boolean isStreamed() {
    return stream(Long.MAX_VALUE)
        .filter(stream -> stream.messages() > 0 || stream.accepted() > 0)
        .isPresent();
  }

  /**
   * Holds of a write that replaces rows of the table.
   *
   * @throws MillraceException where it is of the whole table, and a stream goes into it
   */
  public void requireNoStream(Sink.Delta sink) {
    if (sink.interval().isEmpty() && isStreamed()) {
      throw MillraceException.because(
          "Cannot replace all of " + sink.path(),
          "a stream goes into it, and what it brought would be gone",
          "Write some days of it, with --from and --to, or use another folder");
    }
  }

  /** What a stream was like after its last batch up to one. */
  public Optional<Account.Stream> stream(long position) {
    if (position <= 0) {
      return Optional.empty();
    }
    look();
    Optional<Account.Stream> found = streamAmong(position);
    if (found.isEmpty() && !complete) {
      read(Integer.MAX_VALUE);
      found = streamAmong(position);
    }
    return found;
  }

  private Optional<Account.Stream> streamAmong(long position) {
    return commits.stream()
        .flatMap(commit -> Optional.ofNullable(commit.account()).stream())
        .flatMap(account -> Optional.ofNullable(account.stream()).stream())
        .filter(stream -> stream.position() <= position)
        .findFirst();
  }

  private void look() {
    if (commits.isEmpty() && !complete) {
      read(FIRST_LOOK);
    }
  }

  private void read(int most) {
    List<Commit> read = log.newest(most);
    commits = read.stream().filter(Commit::changesRows).toList();
    complete = read.size() < most;
  }
}
