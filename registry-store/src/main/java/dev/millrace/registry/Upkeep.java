package dev.millrace.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one table small: files of single commits are rewritten into larger ones, and snapshots that
 * nobody reads any more are let go. What a table says is never changed by it; a run that fails, or
 * that another process was faster than, costs nothing but its work.
 *
 * <p>A file is rewritten together with others of its size, so that a row is rewritten as often as
 * files grow by a factor, and not as often as there are commits.
 */
final class Upkeep {
  private static final Logger LOG = Logger.getLogger(Upkeep.class.getName());

  /** As many files of single commits may there be before they are rewritten. */
  static final int SMALL_FILES = 32;

  /**
   * Where rows are looked up by keys, a file of this size is left alone: each look reads where all
   * row groups of a file are, which takes longer than to choose among more files.
   */
  private static final long LARGE_OF_LOOKS = 1L << 18;

  /** Where rows are large, a file of this size is left alone. */
  private static final long LARGE_OF_BYTES = 32L << 20;

  /** Files within this factor of each other are rewritten together. */
  private static final int TIER = 8;

  private static final long FIRST_TIER = 1L << 17;
  private static final int SNAPSHOTS_KEPT = 50;
  private static final long KEPT_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final IcebergTable table;
  private final @Nullable Comparator<Record> order;
  private final long large;
  private volatile long filesAfter;

  /**
   * The upkeep of a table.
   *
   * @param order the order of rows in rewritten files; null to keep them as they are, for rows that
   *     are too large to be held in memory together
   */
  Upkeep(IcebergTable table, @Nullable Comparator<Record> order) {
    this.table = table;
    this.order = order;
    this.large = order == null ? LARGE_OF_BYTES : LARGE_OF_LOOKS;
  }

  IcebergTable table() {
    return table;
  }

  /** After a commit: does what has come due, and never fails. */
  void after(Table open) {
    try {
      if (files(open) >= filesAfter + SMALL_FILES) {
        compact(open, SMALL_FILES / 2);
        expire(open, System.currentTimeMillis() - KEPT_MILLIS);
      }
    } catch (ValidationException | CommitFailedException raced) {
      // Another process did it.
      filesAfter = files(open);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The upkeep of " + table + " was put off", e);
      filesAfter = files(open);
    }
  }

  /**
   * Rewrites small files.
   *
   * @param atLeast as many files of a size are worth it
   * @return how many files became fewer
   */
  long compact(Table open, int atLeast) {
    long before = files(open);
    for (List<DataFile> tier = largestTier(open);
        tier.size() >= atLeast;
        tier = largestTier(open)) {
      rewrite(open, oldest(tier));
    }
    filesAfter = files(open);
    return before - filesAfter;
  }

  /** Lets go of snapshots that are older than a time, but the last few. */
  static void expire(Table open, long before) {
    open.expireSnapshots()
        .retainLast(SNAPSHOTS_KEPT)
        .expireOlderThan(before)
        .executeDeleteWith(InThisThread.EXECUTOR)
        .planWith(InThisThread.EXECUTOR)
        .commit();
  }

  private static long files(Table table) {
    Snapshot current = table.currentSnapshot();
    return current == null
        ? 0
        : Long.parseLong(current.summary().getOrDefault("total-data-files", "0"));
  }

  /** The files of that size of which there are most, the oldest first. */
  private List<DataFile> largestTier(Table table) {
    List<DataFile> most = new ArrayList<>();
    List<DataFile> files = IcebergTable.files(table, Expressions.alwaysTrue());
    for (long size = FIRST_TIER; size / TIER < large; size *= TIER) {
      long to = Math.min(size, large);
      long from = size == FIRST_TIER ? 0 : size / TIER;
      List<DataFile> tier =
          files.stream()
              .filter(file -> file.fileSizeInBytes() >= from && file.fileSizeInBytes() < to)
              .toList();
      most = tier.size() > most.size() ? tier : most;
    }
    return most;
  }

  /** As many of them, two at least, as do not make a file much larger than it need be. */
  private List<DataFile> oldest(List<DataFile> tier) {
    long bytes = 0;
    int count = 0;
    while (count < tier.size() && bytes + tier.get(count).fileSizeInBytes() <= 2 * large) {
      bytes += tier.get(count).fileSizeInBytes();
      count++;
    }
    return tier.subList(0, count);
  }

  private void rewrite(Table table, List<DataFile> files) {
    RewriteFiles rewrite = table.newRewrite().scanManifestsWith(InThisThread.EXECUTOR);
    if (table.currentSnapshot() != null) {
      rewrite.validateFromSnapshot(table.currentSnapshot().snapshotId());
    }
    files.forEach(rewrite::deleteFile);
    List<String> all = table.schema().columns().stream().map(Types.NestedField::name).toList();
    List<CloseableIterable<Record>> parts =
        files.stream()
            .map(file -> IcebergTable.rows(table, file, Expressions.alwaysTrue(), all))
            .toList();
    DataFile written;
    try (CloseableIterable<Record> rows = CloseableIterable.concat(parts)) {
      written = IcebergTable.write(table, ordered(rows));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rewrite.addFile(written);
    try {
      rewrite.commit();
    } catch (ValidationException | CommitFailedException lost) {
      IcebergTable.discard(table, written.location(), lost);
      throw lost;
    }
  }

  private Iterator<Record> ordered(CloseableIterable<Record> rows) {
    if (order == null) {
      return rows.iterator();
    }
    List<Record> sorted = new ArrayList<>();
    rows.forEach(sorted::add);
    sorted.sort(order);
    return sorted.iterator();
  }
}
