package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A folder of Parquet files. It is written beside its place, with its account, and moved there when
 * it is whole. The account says which files there are, since a store of objects moves them one by
 * one, and a run that is stopped then has not written. What such runs left beside is removed when
 * it is old.
 */
final class ParquetTarget implements WholeSinkRun.Target {
  private static final String ACCOUNT = "_millrace.json";
  private static final Duration OLD = Duration.ofDays(1);

  private final SparkSession session;
  private final Sink.Parquet sink;
  private final Path folder;
  private final Path before;
  private final String making;

  ParquetTarget(SparkSession session, Sink.Parquet sink) {
    this.session = session;
    this.sink = sink;
    this.folder = new Path(sink.path());
    this.before = new Path(folder.getParent(), "." + folder.getName() + ".before");
    this.making = "." + folder.getName() + ".making-";
  }

  @Override
  public Optional<WholeSinkRun.Kept> kept(PlanIdentity identity) {
    return onFiles(this::kept);
  }

  /** The first line is the count of rows, of files and of their bytes. */
  private Optional<WholeSinkRun.Kept> kept(FileSystem files) throws IOException {
    Path account = new Path(folder, ACCOUNT);
    if (!files.exists(account)) {
      return Optional.empty();
    }
    try (InputStream in = files.open(account)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      int line = Math.max(0, text.indexOf('\n'));
      String[] counts = text.substring(0, line).split(" ", 2);
      if (counts.length < 2 || !counts[1].equals(size(files, folder))) {
        return Optional.empty();
      }
      return Optional.ofNullable(Account.parse(text.substring(line + 1)))
          .map(found -> new WholeSinkRun.Kept(found, "", Long.parseLong(counts[0])));
    }
  }

  /** How many files of rows a folder has, and bytes. */
  private static String size(FileSystem files, Path folder) throws IOException {
    long count = 0;
    long bytes = 0;
    for (FileStatus file : files.listStatus(folder)) {
      if (file.getPath().getName().endsWith(".parquet")) {
        count++;
        bytes += file.getLen();
      }
    }
    return count + " " + bytes;
  }

  @Override
  public WholeSinkRun.Kept replace(Dataset<Row> rows, Account account) {
    Path made = new Path(folder.getParent(), making + UUID.randomUUID());
    return onFiles(
        files -> {
          if (!files.exists(folder) && files.exists(before)) {
            move(files, before, folder);
          }
          requireOurs(files);
          Optional<WholeSinkRun.Kept> atFirst = kept(files);
          rows.write().parquet(made.toString());
          long count = session.read().parquet(made.toString()).count();
          try (OutputStream out = files.create(new Path(made, ACCOUNT))) {
            String text = count + " " + size(files, made) + "\n" + account.toJson();
            out.write(text.getBytes(StandardCharsets.UTF_8));
          }
          if (!kept(files).equals(atFirst)) {
            files.delete(made, true);
            throw MillraceException.because(
                "Cannot write " + sink,
                "another run wrote it meanwhile",
                "Nothing of this run was written. Run it again: it builds on what the other left");
          }
          files.delete(before, true);
          if (files.exists(folder)) {
            move(files, folder, before);
          }
          move(files, made, folder);
          files.delete(before, true);
          return new WholeSinkRun.Kept(account, "", count);
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
      return work.on(folder.getFileSystem(session.sessionState().newHadoopConf()));
    } catch (IOException failure) {
      throw new MillraceException(
          new Problem(
              "Cannot write " + sink,
              String.valueOf(failure.getMessage()),
              "Check the folder and its permissions, and run it again"),
          failure);
    }
  }

  @Override
  public String toString() {
    return sink.toString();
  }
}
