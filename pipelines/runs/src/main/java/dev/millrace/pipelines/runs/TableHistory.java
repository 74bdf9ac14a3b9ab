package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Engine.LastRun;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
    private boolean isOfStream() {
      return isOfStream(Long.MAX_VALUE);
    }

    /** Whether it is of a batch up to one. */
    private boolean isOfStream(long position) {
      return account != null && account.stream() != null && account.stream().position() <= position;
    }

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
    return first(commit -> isUpTo(commit, upTo) && commit.touches(interval));
  }

  /** The newest commit that replaced rows in the interval: a stream only adds some. */
  public Optional<Commit> run(Optional<Interval> interval) {
    return run(interval, OptionalLong.empty());
  }

  /** The same of the commits up to a version. */
  public Optional<Commit> run(Optional<Interval> interval, OptionalLong upTo) {
    return first(
        commit -> isUpTo(commit, upTo) && !commit.isOfStream() && commit.touches(interval));
  }

  private static boolean isUpTo(Commit commit, OptionalLong version) {
    return version.isEmpty() || commit.version() <= version.getAsLong();
  }

  /** The newest of some, which are looked for no further back than the first one. */
  private Optional<Commit> first(Predicate<Commit> wanted) {
    look();
    Optional<Commit> found = commits.stream().filter(wanted).findFirst();
    if (found.isEmpty() && !complete) {
      read(Integer.MAX_VALUE);
      found = commits.stream().filter(wanted).findFirst();
    }
    return found;
  }

  /**
   * How what is there of an interval stands to what a run of that identity would write. What a
   * stream added since is left as it is.
   */
  public Standing standing(Optional<Interval> interval, PlanIdentity identity) {
    Optional<Commit> last = run(interval);
    if (last.isEmpty()) {
      return Standing.MISSING;
    }
    Account account = last.get().account();
    return account == null ? Standing.DEFINITION_CHANGED : account.standing(interval, identity);
  }

  /** Whether the newest commit that replaced rows of a part's interval wrote just that part. */
  public boolean has(Account.Part part) {
    return run(part.interval())
        .map(Commit::account)
        .filter(account -> account.parts().contains(part))
        .isPresent();
  }

  /**
   * The last run that replaced rows.
   *
   * @param aside of where it sets rows aside
   */
  public Optional<LastRun> lastRun(TableHistory aside) {
    return first(commit -> commit.account() != null && !commit.isOfStream())
        .map(Commit::account)
        .map(
            account ->
                new LastRun(
                    account.covered(),
                    account.versions(),
                    aside.isOfNone() || account.parts().stream().allMatch(aside::had)));
  }

  private boolean isOfNone() {
    return first(commit -> true).isEmpty();
  }

  /** Whether the newest run of Millrace in a part's interval was that part's. */
  private boolean had(Account.Part part) {
    return first(
            commit ->
                commit.account() != null && !commit.isOfStream() && commit.touches(part.interval()))
        .map(Commit::account)
        .filter(account -> account.parts().contains(part))
        .isPresent();
  }

  /** What the last hundred runs that judged their rows found of them, newest first. */
  public List<PastRun> runs() {
    return runs(account -> true);
  }

  /** The same of those that were no batches of a stream: rows of their intervals were all there. */
  public List<PastRun> runsOfNoStream() {
    return runs(account -> account.stream() == null);
  }

  private List<PastRun> runs(Predicate<Account> kind) {
    look();
    List<PastRun> found = runsAmong(kind);
    if (found.size() < FIRST_LOOK && !complete) {
      read(Integer.MAX_VALUE);
      found = runsAmong(kind);
    }
    return found;
  }

  private List<PastRun> runsAmong(Predicate<Account> kind) {
    return commits.stream()
        .flatMap(commit -> Optional.ofNullable(commit.account()).stream())
        .filter(kind)
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

  /**
   * What a run that replaces rows of a table builds on.
   *
   * @param version of the table; -1 where there was none
   * @param isRead whether the rows are made of that version
   */
  public record ReadVersion(long version, boolean isRead) implements Serializable {
    /**
     * The oldest version that a plan reads of the table at a path, or else the newest.
     *
     * @param read the version that a run reads of a table; empty where there is none
     */
    public static ReadVersion of(
        Node input,
        String path,
        Function<Location.DeltaTable, OptionalLong> read,
        TableHistory history) {
      OptionalLong oldest =
          PlanNodes.of(input, Scan.class).stream()
              .map(Scan::location)
              .filter(Location.DeltaTable.class::isInstance)
              .map(Location.DeltaTable.class::cast)
              .filter(table -> table.path().equals(path))
              .flatMapToLong(table -> read.apply(table).stream())
              .min();
      return new ReadVersion(
          oldest.orElseGet(() -> history.newest(Optional.empty()).map(Commit::version).orElse(-1L)),
          oldest.isPresent());
    }
  }

  /**
   * Holds of a run that replaces rows of a table.
   *
   * @throws MillraceException where another wrote there since what it builds on, or a stream goes
   *     there
   */
  public void requireNoneSince(ReadVersion base, Sink.Delta sink) {
    requireNoStream(sink);
    if (since(base.version()).anyMatch(commit -> commit.touches(sink.interval()))) {
      throw meanwhile(sink, null);
    }
  }

  /**
   * The same of what a run sets aside: a stream's rows stay, and what an equal run set aside is the
   * same. Rows without a time are of every interval.
   *
   * @param own what the run wrote
   */
  public void requireNoneAsideSince(
      ReadVersion base, Sink.Delta quarantine, List<Account.Part> own) {
    requireNoStream(quarantine);
    Optional<Interval> interval = base.isRead() ? Optional.empty() : quarantine.interval();
    boolean others =
        since(base.version())
            .filter(commit -> commit.touches(interval) && !commit.isOfStream())
            .anyMatch(commit -> commit.account() == null || !commit.account().parts().equals(own));
    if (others) {
      throw MillraceException.because(
          "Cannot set rows aside in " + quarantine.path(),
          "another run set some aside meanwhile",
          "Run it again: it builds on what the other left");
    }
  }

  private Stream<Commit> since(long version) {
    look();
    if (!complete && commits.stream().allMatch(commit -> commit.version() > version)) {
      read(Integer.MAX_VALUE);
    }
    return commits.stream().takeWhile(commit -> commit.version() > version);
  }

  /** What another run wrote while one was to replace it. */
  public static MillraceException meanwhile(Sink.Delta sink, @Nullable Throwable conflict) {
    Problem problem =
        new Problem(
            "Cannot write " + sink.path() + sink.interval().map(i -> ", " + i).orElse(""),
            "another run wrote the table meanwhile",
            "Nothing of this run was written. Run it again: it builds on what the other left");
    return conflict == null
        ? new MillraceException(problem)
        : new MillraceException(problem, conflict);
  }

  /** What a stream was like after its last batch up to one. */
  public Optional<Account.Stream> stream(long position) {
    if (position <= 0) {
      return Optional.empty();
    }
    return first(commit -> commit.isOfStream(position))
        .map(Commit::account)
        .flatMap(account -> Optional.ofNullable(account.stream()));
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
