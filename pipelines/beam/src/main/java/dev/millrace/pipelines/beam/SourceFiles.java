package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** The files of a location, looked at once in a run. */
interface SourceFiles {
  /**
   * The scan's columns of all rows.
   *
   * @throws MillraceException where a file lacks one
   */
  PCollection<UnsafeRow> rows(Pipeline pipeline, Scan scan);

  /** What the files hold now, in a form that changes with it. */
  String version();

  /** The columns that any of the files has. */
  Set<String> columns();

  /**
   * The files of a location, as its format is read.
   *
   * @throws MillraceException where there is none
   */
  static SourceFiles of(Location.Files files) {
    List<LocatedFileStatus> found = list(files);
    return switch (files.format()) {
      case PARQUET -> ParquetFiles.of(files, found);
      case CSV -> new CsvFiles(paths(found));
      case JSON -> new JsonFiles(files, paths(found));
      case AVRO -> new AvroFiles(paths(found));
    };
  }

  private static List<Path> paths(List<LocatedFileStatus> files) {
    return files.stream().map(LocatedFileStatus::getPath).toList();
  }

  private static List<LocatedFileStatus> list(Location.Files files) {
    List<LocatedFileStatus> found = new ArrayList<>();
    Path path = new Path(files.path());
    try {
      FileSystem system = path.getFileSystem(new Configuration());
      if (system.exists(path)) {
        RemoteIterator<LocatedFileStatus> each = system.listFiles(path, true);
        while (each.hasNext()) {
          LocatedFileStatus file = each.next();
          String name = file.getPath().getName();
          if (!name.startsWith("_") && !name.startsWith(".")) {
            found.add(file);
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
          "Cannot read " + files, "there is no such file or the folder is empty", "Check the path");
    }
    found.sort(Comparator.comparing(file -> file.getPath().toString()));
    return found;
  }

  /** A digest of the files' names and bytes. */
  static String digest(List<Path> paths) {
    StringBuilder all = new StringBuilder();
    for (Path path : paths) {
      try (InputStream in = path.getFileSystem(new Configuration()).open(path)) {
        all.append(path.getName()).append(' ').append(Digest.sha256(in)).append('\n');
      } catch (IOException failure) {
        throw MillraceException.because(
            "Cannot read " + path,
            String.valueOf(failure.getMessage()),
            "Check the path and its permissions");
      }
    }
    return Digest.sha256(all.toString());
  }
}
