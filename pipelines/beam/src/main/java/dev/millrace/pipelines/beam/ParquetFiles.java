package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Parquet. Each file is held against the scan on its own. */
record ParquetFiles(List<ParquetFile> files) implements SourceFiles {
  static ParquetFiles of(Location.Files location, List<LocatedFileStatus> found) {
    List<ParquetFile> files = new ArrayList<>();
    Configuration conf = LocalFiles.conf();
    try {
      for (LocatedFileStatus file : found) {
        files.add(ParquetFile.read(file, conf));
      }
    } catch (IOException | RuntimeException failure) {
      throw MillraceException.because(
          "Cannot read " + location,
          String.valueOf(failure.getMessage()),
          "Check that all files in it are Parquet and whole");
    }
    return new ParquetFiles(files);
  }

  @Override
  public PCollection<UnsafeRow> rows(Pipeline pipeline, Scan scan) {
    return ParquetRead.rows(pipeline, files, scan);
  }

  /** A digest of the files' names and footers, which hold statistics of all their columns. */
  @Override
  public String version() {
    StringBuilder all = new StringBuilder();
    for (ParquetFile file : files) {
      all.append(file.path().substring(file.path().lastIndexOf('/') + 1))
          .append(' ')
          .append(file.size())
          .append(' ')
          .append(file.digest())
          .append('\n');
    }
    return Digest.sha256(all.toString());
  }

  @Override
  public Set<String> columns() {
    Set<String> columns = new TreeSet<>();
    files.forEach(file -> columns.addAll(file.columns().fieldNames()));
    return columns;
  }
}
