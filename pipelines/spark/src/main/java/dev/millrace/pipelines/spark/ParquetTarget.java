package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A folder of Parquet files. It is written beside its place, with its account, and moved there when
 * it is whole; what a run that was stopped left beside is removed by the next.
 */
final class ParquetTarget implements WholeSinkRun.Target {
  private static final String ACCOUNT = "_millrace.json";

  private final SparkSession session;
  private final Sink.Parquet sink;
  private final Path folder;

  ParquetTarget(SparkSession session, Sink.Parquet sink) {
    this.session = session;
    this.sink = sink;
    this.folder = new Path(sink.path());
  }

  @Override
  public Optional<WholeSinkRun.Kept> kept() {
    return onFiles(
        files -> {
          Path account = new Path(folder, ACCOUNT);
          if (!files.exists(account)) {
            return Optional.empty();
          }
          try (InputStream in = files.open(account)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            int line = text.indexOf('\n');
            return Optional.ofNullable(Account.parse(text.substring(line + 1)))
                .map(
                    found ->
                        new WholeSinkRun.Kept(found, "", Long.parseLong(text.substring(0, line))));
          }
        });
  }

  @Override
  public WholeSinkRun.Kept replace(Dataset<Row> rows, Account account) {
    Path making = new Path(folder.getParent(), "." + folder.getName() + ".making");
    Path before = new Path(folder.getParent(), "." + folder.getName() + ".before");
    return onFiles(
        files -> {
          if (kept().isEmpty() && files.exists(folder) && files.listStatus(folder).length > 0) {
            throw MillraceException.because(
                "Cannot write " + sink,
                "the folder holds files that no run wrote, and all in it would be replaced",
                "Give a folder of its own, or empty this one");
          }
          files.delete(making, true);
          files.delete(before, true);
          rows.write().parquet(making.toString());
          long count = session.read().parquet(making.toString()).count();
          try (OutputStream out = files.create(new Path(making, ACCOUNT))) {
            out.write((count + "\n" + account.toJson()).getBytes(StandardCharsets.UTF_8));
          }
          if (files.exists(folder)) {
            move(files, folder, before);
          }
          move(files, making, folder);
          files.delete(before, true);
          return new WholeSinkRun.Kept(account, "", count);
        });
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
