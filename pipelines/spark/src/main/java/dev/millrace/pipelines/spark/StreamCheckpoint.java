package dev.millrace.pipelines.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * What a stream's folder says beside Spark's own checkpoint: of which log it is, and where in it
 * the first of its batches stands.
 */
final class StreamCheckpoint {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How what was seen is kept; another than that of earlier builds. */
  private static final int FORM = 1;

  /**
   * What is kept.
   *
   * @param base the position of the log's last batch before the checkpoint's first
   * @param partitions into how many the state is divided
   * @param form how the state is kept
   */
  record Kept(String name, String log, long base, int partitions, int form) {}

  private final FileSystem files;
  private final Path file;
  private final Kept kept;
  private final boolean isNew;

  private StreamCheckpoint(FileSystem files, Path file, Kept kept, boolean isNew) {
    this.files = files;
    this.file = file;
    this.kept = kept;
    this.isNew = isNew;
  }

  /**
   * The checkpoint in a folder, or a new one.
   *
   * @param base the position of the log's last batch before the first of a new one
   * @throws MillraceException where it is of another stream or another log
   */
  static StreamCheckpoint open(
      SparkSession session, String folder, String name, String log, long base, int partitions) {
    Path file = new Path(folder, "stream.json");
    try {
      FileSystem files = file.getFileSystem(session.sessionState().newHadoopConf());
      if (!files.exists(file)) {
        if (files.exists(new Path(folder, "spark"))) {
          throw MillraceException.because(
              "Cannot follow " + name + " from the checkpoint at " + folder,
              "its file stream.json is gone",
              "Restore it, or give an empty folder: the log says how far a topic was read");
        }
        return new StreamCheckpoint(files, file, new Kept(name, log, base, partitions, FORM), true);
      }
      try (InputStream in = files.open(file)) {
        Kept kept = JSON.readValue(in, Kept.class);
        if (!kept.name().equals(name) || !kept.log().equals(log)) {
          throw MillraceException.because(
              "Cannot follow " + name + " from the checkpoint at " + folder,
              "it is of "
                  + kept.name()
                  + (kept.name().equals(name) ? ", whose log was made anew since" : ""),
              "Give an empty folder: the log says how far a topic was read");
        }
        if (kept.form() != FORM) {
          throw MillraceException.because(
              "Cannot follow " + name + " from the checkpoint at " + folder,
              "another build of Millrace wrote it, which keeps what was seen in another form",
              "Give an empty folder: the log says how far a topic was read");
        }
        return new StreamCheckpoint(files, file, kept, false);
      }
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot read the checkpoint at " + folder,
          String.valueOf(failure.getMessage()),
          "Check the folder and who may write there");
    }
  }

  /** Keeps it, before the first batch. */
  void save() {
    if (!isNew) {
      return;
    }
    Path making = new Path(file.getParent(), "stream.json.making");
    try {
      try (OutputStream out = files.create(making, true)) {
        out.write(JSON.writeValueAsBytes(kept));
      }
      if (!files.rename(making, file)) {
        throw new IOException("cannot rename " + making + " to " + file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Whether Spark has noted that it is through with a batch, so that it does not try it again. */
  boolean isDone(long batch) {
    try {
      return files.exists(new Path(file.getParent(), "spark/commits/" + batch));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  boolean isNew() {
    return isNew;
  }

  long base() {
    return kept.base();
  }

  int partitions() {
    return kept.partitions();
  }
}
