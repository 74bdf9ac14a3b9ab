package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/**
 * Adds rows that depend on rows already there: read, decide, and commit only if nothing relevant
 * was added since.
 *
 * <pre>
 *   read snapshot s -> decide (answer, row) -> overwrite, valid only if no rival row since s
 *        ^                                          |
 *        +----- wait a little, a rival was first ---+
 * </pre>
 *
 * An append would not do: appends never conflict, so two writers would both take version 7. When a
 * commit's fate is unknown, the next round reads again and finds the row by the {@code commit_id}
 * in it, or tries once more; the row can not be added twice, as each round is valid only without
 * the other's row.
 */
final class Committer {
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long FIRST_WAIT_MS = 10;
  private static final long LONGEST_WAIT_MS = 1000;

  private final IcebergTable table;

  /** Threads of this process queue here, so that only processes race. */
  private final ReentrantLock turn = new ReentrantLock(true);

  Committer(IcebergTable table) {
    this.table = table;
  }

  /**
   * Commits the row of {@code decide}, which is asked again whenever a row that matches {@code
   * rivals} came between.
   */
  <T> T commit(Expression rivals, Function<Table, Decision<T>> decide) {
    turn.lock();
    try {
      long start = System.nanoTime();
      for (long wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
        Table read = table.load();
        Decision<T> decision = decide.apply(read);
        Record row = decision.row();
        if (row == null) {
          return decision.answer();
        }
        try {
          add(read, row, rivals);
          return decision.answer();
        } catch (ValidationException
            | CommitFailedException
            | CommitStateUnknownException
            | UncheckedSQLException e) {
          if (System.nanoTime() - start > LIMIT_NANOS) {
            throw exhausted(e);
          }
          sleep(ThreadLocalRandom.current().nextLong(wait) + 1);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  private static void add(Table read, Record row, Expression rivals) {
    DataFile file = IcebergTable.write(read, row);
    OverwriteFiles overwrite =
        read.newOverwrite()
            .addFile(file)
            .conflictDetectionFilter(rivals)
            .validateNoConflictingData()
            .validateNoConflictingDeletes();
    if (read.currentSnapshot() != null) {
      overwrite.validateFromSnapshot(read.currentSnapshot().snapshotId());
    }
    try {
      overwrite.commit();
    } catch (ValidationException | CommitFailedException e) {
      discard(read, file, e);
      throw e;
    }
  }

  /**
   * A file that no snapshot holds only takes room, so failing to delete it is no reason to fail.
   */
  private static void discard(Table table, DataFile file, RuntimeException reason) {
    try {
      table.io().deleteFile(file.location());
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(
          new Problem("Cannot commit to " + table, "the thread was interrupted", ""), e);
    }
  }

  private RegistryException exhausted(RuntimeException last) {
    return new RegistryException(
        new Problem(
            "Cannot commit to " + table,
            "others were first, or the catalog failed, for two minutes; the last reason was: "
                + last.getMessage(),
            "Do the same again: what was written already is found, not repeated."),
        last);
  }
}
