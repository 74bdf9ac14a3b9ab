package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Files as a source. */
final class FileSource {
  private FileSource() {}

  static Dataset<Row> read(SparkSession session, Location.Files files) {
    list(session, files);
    try {
      return switch (files.format()) {
        case PARQUET -> session.read().parquet(files.path());
      };
    } catch (Exception failure) {
      throw new MillraceException(
          new Problem(
              "Cannot read " + files,
              Failures.rootMessage(failure),
              "Check that every file there is of that format and whole"),
          failure);
    }
  }

  /** A digest of the files' names, lengths and times of change. */
  static String version(SparkSession session, Location.Files files) {
    return Digest.sha256(String.join("\n", list(session, files)));
  }

  private static List<String> list(SparkSession session, Location.Files files) {
    List<String> found = new ArrayList<>();
    Path path = new Path(files.path());
    try {
      FileSystem system = path.getFileSystem(session.sessionState().newHadoopConf());
      if (system.exists(path)) {
        RemoteIterator<LocatedFileStatus> each = system.listFiles(path, true);
        while (each.hasNext()) {
          LocatedFileStatus file = each.next();
          String name = file.getPath().getName();
          if (!name.startsWith("_") && !name.startsWith(".")) {
            found.add(file.getPath() + " " + file.getLen() + " " + file.getModificationTime());
          }
        }
      }
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot read " + files,
          String.valueOf(failure.getMessage()),
          "Check the path and its permissions");
    }
    if (found.isEmpty()) {
      throw MillraceException.because(
          "Cannot read " + files,
          "there is no such file or the folder is empty",
          "Check the path, or name the data with --data");
    }
    Collections.sort(found);
    return found;
  }
}
