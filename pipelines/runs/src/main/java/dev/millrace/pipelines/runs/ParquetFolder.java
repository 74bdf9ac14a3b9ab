package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder of Parquet files that a run replaces whole. It is written beside its place, with its
 * account, and moved there when it is whole. The account says which files there are, since a store
 * of objects moves them one by one, and a run that is stopped then has not written. What such runs
 * left beside is removed when it is old.
 */
public final class ParquetFolder {
  private static final String ACCOUNT = "_millrace.json";
  private static final String ROWS = ".parquet";
  private static final Duration OLD = Duration.ofDays(1);

  private final Sink.Parquet sink;
  private final Configuration conf;
  private final Path folder;
  private final Path before;
  private final String making;

  public ParquetFolder(Sink.Parquet sink, Configuration conf) {
    this.sink = sink;
    this.conf = conf;
    this.folder = new Path(sink.path());
    this.before = new Path(folder.getParent(), "." + folder.getName() + ".before");
    this.making = "." + folder.getName() + ".making-";
  }

  /**
   * Where a run puts its files.
   *
   * @param folder with its scheme
   * @param atFirst the account of what was there when the run began; empty where there was none
   */
  public record Making(String folder, String atFirst) implements Serializable {}

  /** What the last run left; empty where a part of it is missing. */
  public Optional<Kept> kept() {
    return onFiles(this::kept);
  }

  /** The first line of the account is the count of rows, of files and of their bytes. */
  private Optional<Kept> kept(FileSystem files) throws IOException {
    String text = account(files);
    int line = Math.max(0, text.indexOf('\n'));
    String[] counts = text.substring(0, line).split(" ", 2);
    if (counts.length < 2 || !counts[1].equals(size(files, folder))) {
      return Optional.empty();
    }
    return Optional.ofNullable(Account.parse(text.substring(line + 1)))
        .map(found -> new Kept(found, "", Long.parseLong(counts[0])));
  }

  private String account(FileSystem files) throws IOException {
    Path account = new Path(folder, ACCOUNT);
    if (!files.exists(account)) {
      return "";
    }
    try (InputStream in = files.open(account)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How many files of rows a folder has, and bytes. */
  private static String size(FileSystem files, Path folder) throws IOException {
    long count = 0;
    long bytes = 0;
    for (FileStatus file : files.listStatus(folder)) {
      if (file.getPath().getName().endsWith(ROWS)) {
        count++;
        bytes += file.getLen();
      }
    }
    return count + " " + bytes;
  }

  /**
   * Begins a run.
   *
   * @throws MillraceException where there is something that no run wrote
   */
  public Making begin() {
    return onFiles(
        files -> {
          restore(files);
          requireOurs(files);
          Path made = new Path(folder.getParent(), making + UUID.randomUUID());
          return new Making(files.makeQualified(made).toString(), account(files));
        });
  }

  /** Of two moves, a run that was stopped made one. */
  private void restore(FileSystem files) throws IOException {
    if (!files.exists(folder) && files.exists(before)) {
      move(files, before, folder);
    }
  }

  /** Removes files of rows that are not among these, as of work that was tried again. */
  public void keepOnly(Making made, Set<String> names) {
    onFiles(
        files -> {
          Path there = new Path(made.folder());
          if (files.exists(there)) {
            for (FileStatus file : files.listStatus(there)) {
              if (!names.contains(file.getPath().getName())) {
                files.delete(file.getPath(), false);
              }
            }
          }
          return names;
        });
  }

  /**
   * Puts the files into place. Where this run has done so already, nothing is changed.
   *
   * @param rows how many the files hold
   * @throws MillraceException where another run wrote meanwhile
   */
  public Kept publish(Making made, long rows, Account account) {
    Path there = new Path(made.folder());
    return onFiles(
        files -> {
          restore(files);
          Optional<Kept> done = kept(files).filter(kept -> kept.isOf(account));
          if (done.isPresent()) {
            files.delete(there, true);
            return done.get();
          }
          try (OutputStream out = files.create(new Path(there, ACCOUNT))) {
            String text = rows + " " + size(files, there) + "\n" + account.toJson();
            out.write(text.getBytes(StandardCharsets.UTF_8));
          }
          if (!account(files).equals(made.atFirst())) {
            files.delete(there, true);
            throw MillraceException.because(
                "Cannot write " + sink,
                "another run wrote it meanwhile",
                "Nothing of this run was written. Run it again: it builds on what the other left");
          }
          files.delete(before, true);
          if (files.exists(folder)) {
            move(files, folder, before);
          }
          move(files, there, folder);
          files.delete(before, true);
          return new Kept(account, "", rows);
        });
  }

  /** Refuses to replace what no run wrote, and removes what stopped runs left. */
  private void requireOurs(FileSystem files) throws IOException {
    boolean left = files.exists(before) || files.exists(new Path(folder, ACCOUNT));
    Path parent = folder.getParent();
    if (files.exists(parent)) {
      for (FileStatus beside : files.listStatus(parent)) {
        if (beside.getPath().getName().startsWith(making)) {
          left = true;
          Instant written = Instant.ofEpochMilli(beside.getModificationTime());
          if (written.isBefore(Instant.now().minus(OLD))) {
            files.delete(beside.getPath(), true);
          }
        }
      }
    }
    if (!left && files.exists(folder) && files.listStatus(folder).length > 0) {
      throw MillraceException.because(
          "Cannot write " + sink,
          "the folder holds files that no run wrote, and all in it would be replaced",
          "Give a folder of its own, or empty this one");
    }
  }

  private static void move(FileSystem files, Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("cannot move " + from + " to " + to);
    }
  }

  private interface FileWork<T> {
    T on(FileSystem files) throws IOException;
  }

  private <T> T onFiles(FileWork<T> work) {
    try {
      return work.on(folder.getFileSystem(conf));
    } catch (IOException failure) {
      throw new MillraceException(
          new Problem(
              "Cannot write " + sink,
              String.valueOf(failure.getMessage()),
              "Check the folder and its permissions, and run it again"),
          failure);
    }
  }
}
