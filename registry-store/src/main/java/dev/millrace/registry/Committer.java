package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * Adds rows that depend on rows already there, those of all callers of this process together.
 *
 * <pre>
 *   callers: changes -> queue
 *   one thread: take all -> bring the state up to snapshot s -> decide each in turn -> one file
 *        ^                                                                              |
 *        +---- another process was first: take the rows back <---- commit, valid only on s
 * </pre>
 *
 * An append that is not bound to its snapshot would not do: appends never conflict, so two
 * processes would both take version 7. When a commit's fate is unknown, the next round looks for
 * the mark that the commit left in its snapshot's summary.
 *
 * <p>A table whose rows depend on nothing ({@link TableState#NONE}) is appended to, and cannot
 * conflict.
 */
final class Committer<S extends TableState> implements AutoCloseable {
  private static final String MARK = "millrace.commit";
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long FIRST_WAIT_MS = 5;
  private static final long LONGEST_WAIT_MS = 500;
  private static final int LARGEST_GROUP = 512;
  private static final long IDLE_SECONDS = 10;

  /** A caller's change, and where its answer goes. */
  private record Waiting<S extends TableState, T>(
      Change<S, T> change, CompletableFuture<T> answer) {

    /** Decides, and gives what is to be told once the rows are committed. */
    Outcome decide(S state, List<Record> rows, List<DataFile> files) {
      try {
        Change.Decision<T> decision = change.decide(state);
        decision.rows().forEach(state::add);
        rows.addAll(decision.rows());
        files.addAll(decision.files());
        return () -> answer.complete(decision.answer());
      } catch (RuntimeException refused) {
        return () -> answer.completeExceptionally(refused);
      }
    }
  }

  private interface Outcome {
    void tell();
  }

  private final IcebergTable name;
  private final S state;
  private final Upkeep upkeep;
  private final ConcurrentLinkedQueue<Waiting<S, ?>> queue = new ConcurrentLinkedQueue<>();
  private final ThreadPoolExecutor thread;

  // Of the one thread.
  private @Nullable Table opened;
  private @Nullable Long at;

  Committer(IcebergTable name, S state, Upkeep upkeep) {
    this.name = name;
    this.state = state;
    this.upkeep = upkeep;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread daemon = new Thread(work, "millrace-commit-" + name);
              daemon.setDaemon(true);
              return daemon;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Commits the rows that {@code change} decides on, and gives its answer.
   *
   * @throws RegistryException if the change is refused, or the catalog fails for a minute
   */
  <T> T commit(Change<S, T> change) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    queue.add(new Waiting<>(change, answer));
    run(this::commitWaiting);
    return await(answer);
  }

  /**
   * Replaces the one row that {@code isRow}, in the file that holds it.
   *
   * @param where what files that may hold the row hold
   * @param replacing gives the row to have in its place; null to leave it
   */
  void replace(
      Expression where, Predicate<Record> isRow, Function<Record, @Nullable Record> replacing) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    run(
        () -> {
          try {
            attempt(table -> stageReplacement(table, where, isRow, replacing));
            done.complete(true);
          } catch (RuntimeException e) {
            done.completeExceptionally(failed(e));
          }
        });
    await(done);
  }

  private void run(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException closed) {
      throw new IllegalStateException("The registry is closed. Open it again.", closed);
    }
  }

  private <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(
          new Problem(
              "It is not known whether a commit to " + name + " was done",
              "the thread that waited for it was interrupted",
              "Do the same again: what was written already is found, not repeated."),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void commitWaiting() {
    List<Waiting<S, ?>> group = new ArrayList<>();
    for (Waiting<S, ?> next = queue.poll(); next != null; next = queue.poll()) {
      group.add(next);
      if (group.size() == LARGEST_GROUP) {
        break;
      }
    }
    if (group.isEmpty()) {
      return;
    }
    try {
      commit(group);
    } catch (RuntimeException failure) {
      group.forEach(each -> each.answer().completeExceptionally(failed(failure)));
    }
  }

  private void commit(List<Waiting<S, ?>> group) {
    List<Outcome> outcomes = new ArrayList<>();
    attempt(
        table -> {
          outcomes.clear();
          List<Record> rows = new ArrayList<>();
          List<DataFile> files = new ArrayList<>();
          group.forEach(each -> outcomes.add(each.decide(state, rows, files)));
          return rows.isEmpty() && files.isEmpty() ? null : stageRows(table, rows, files);
        });
    outcomes.forEach(Outcome::tell);
    Table table = opened;
    if (table != null) {
      upkeep.after(table);
    }
  }

  /**
   * What one round would commit.
   *
   * @param written a file made for it, of no use if it fails
   * @param undo takes back what was done to the state
   */
  private record Staged(SnapshotUpdate<?> update, @Nullable DataFile written, Runnable undo) {}

  private interface Staging {
    /** Null if there is nothing to commit. */
    @Nullable Staged stage(Table table);
  }

  private void attempt(Staging staging) {
    long start = System.nanoTime();
    String mark = UUID.randomUUID().toString();
    for (long wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        Table table = refreshed();
        boolean done = snapshotOf(table, mark) != null;
        follow(table);
        @Nullable Staged staged = done ? null : staging.stage(table);
        if (staged != null) {
          commit(table, staged, mark);
        }
        return;
      } catch (ValidationException
          | CommitFailedException
          | CommitStateUnknownException
          | UncheckedSQLException
          | NotFoundException lost) {
        // Another process was first, or compacted what was about to be read.
        if (System.nanoTime() - start > LIMIT_NANOS) {
          throw exhausted(lost);
        }
      }
      pause(ThreadLocalRandom.current().nextLong(wait) + 1);
    }
  }

  private void commit(Table table, Staged staged, String mark) {
    try {
      staged.update().set(MARK, mark);
      staged.update().scanManifestsWith(InThisThread.EXECUTOR);
      staged.update().commit();
    } catch (ValidationException | CommitFailedException e) {
      staged.undo().run();
      if (staged.written() != null) {
        IcebergTable.discard(table, staged.written().location(), e);
      }
      throw e;
    } catch (CommitStateUnknownException | UncheckedSQLException e) {
      staged.undo().run();
      throw e;
    } catch (RuntimeException e) {
      staged.undo().run();
      // A full disk, or an answer that was lost on its way: the table says which.
      Table now = refreshed();
      if (snapshotOf(now, mark) == null) {
        throw e;
      }
      follow(now);
      return;
    }
    at = snapshotOf(table, mark);
  }

  Table refreshed() {
    Table table = opened;
    if (table == null) {
      table = name.load();
      opened = table;
    } else {
      table.refresh();
    }
    return table;
  }

  private Staged stageRows(Table table, List<Record> rows, List<DataFile> files) {
    Runnable undo = () -> takeBack(rows);
    try {
      @Nullable DataFile written =
          rows.isEmpty() ? null : IcebergTable.write(table, rows.iterator());
      if (state == TableState.NONE) {
        AppendFiles append = table.newAppend();
        files.forEach(append::appendFile);
        if (written != null) {
          append.appendFile(written);
        }
        return new Staged(append, written, undo);
      }
      OverwriteFiles overwrite = boundToSnapshot(table);
      files.forEach(overwrite::addFile);
      if (written != null) {
        overwrite.addFile(written);
      }
      return new Staged(overwrite, written, undo);
    } catch (RuntimeException e) {
      undo.run();
      throw e;
    }
  }

  private @Nullable Staged stageReplacement(
      Table table,
      Expression where,
      Predicate<Record> isRow,
      Function<Record, @Nullable Record> replacing) {
    List<String> all = table.schema().columns().stream().map(Types.NestedField::name).toList();
    for (DataFile file : IcebergTable.files(table, where)) {
      List<Record> rows = new ArrayList<>();
      @Nullable Record replaced = null;
      try (CloseableIterable<Record> held =
          IcebergTable.rows(table, file, Expressions.alwaysTrue(), all)) {
        for (Record row : held) {
          @Nullable Record other = isRow.test(row) ? replacing.apply(row) : null;
          replaced = other == null ? replaced : other;
          rows.add(other == null ? row : other);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (replaced != null) {
        DataFile written = IcebergTable.write(table, rows.iterator());
        state.add(replaced);
        return new Staged(
            boundToSnapshot(table).deleteFile(file).addFile(written), written, () -> at = null);
      }
    }
    return null;
  }

  private static OverwriteFiles boundToSnapshot(Table table) {
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .conflictDetectionFilter(Expressions.alwaysTrue())
            .validateNoConflictingData()
            .validateNoConflictingDeletes();
    if (table.currentSnapshot() != null) {
      overwrite.validateFromSnapshot(table.currentSnapshot().snapshotId());
    }
    return overwrite;
  }

  private static @Nullable Long snapshotOf(Table table, String mark) {
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      if (mark.equals(snapshot.summary().get(MARK))) {
        return snapshot.snapshotId();
      }
    }
    return null;
  }

  private void takeBack(List<Record> rows) {
    List<Record> backwards = new ArrayList<>(rows);
    Collections.reverse(backwards);
    backwards.forEach(state::remove);
  }

  /** Brings the state up to the table's current snapshot. */
  void follow(Table table) {
    Snapshot current = table.currentSnapshot();
    if (state.columns().isEmpty()
        || current == null
        || Long.valueOf(current.snapshotId()).equals(at)) {
      return;
    }
    List<Snapshot> since = since(table, current);
    // Until all is read the state is of no snapshot.
    at = null;
    if (since == null) {
      state.clear();
      IcebergTable.files(table, Expressions.alwaysTrue()).forEach(file -> take(table, file));
    } else {
      for (Snapshot snapshot : since) {
        snapshot.addedDataFiles(table.io()).forEach(file -> take(table, file));
      }
    }
    at = current.snapshotId();
  }

  /**
   * The snapshots that only added rows since the state, the oldest first; null if that is not all
   * that happened.
   */
  private @Nullable List<Snapshot> since(Table table, Snapshot current) {
    Long from = at;
    if (from == null) {
      return null;
    }
    List<Snapshot> since = new ArrayList<>();
    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), table::snapshot)) {
      if (snapshot.snapshotId() == from) {
        Collections.reverse(since);
        return since;
      }
      if (DataOperations.APPEND.equals(snapshot.operation())) {
        since.add(snapshot);
      } else if (!DataOperations.REPLACE.equals(snapshot.operation())) {
        return null;
      }
    }
    return null;
  }

  private void take(Table table, DataFile file) {
    try (CloseableIterable<Record> rows =
        IcebergTable.rows(table, file, Expressions.alwaysTrue(), state.columns())) {
      rows.forEach(state::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits whatever interrupts: others' changes are in this group too. */
  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private RuntimeException failed(RuntimeException failure) {
    return failure instanceof RegistryException
        ? failure
        : new RegistryException(
            new Problem(
                "Cannot commit to " + name,
                String.valueOf(failure.getMessage()),
                "Mend the cause (a full disk, a catalog that cannot be reached), and do the same again:"
                    + " what was written already is found, not repeated."),
            failure);
  }

  RegistryException exhausted(RuntimeException last) {
    return new RegistryException(
        new Problem(
            "Cannot commit to " + name,
            "others were first, or the catalog failed, for a minute; the last reason was: "
                + last.getMessage(),
            "Do the same again: what was written already is found, not repeated."),
        last);
  }

  /** Ends once the changes that were asked for are done. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(2, TimeUnit.MINUTES)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
