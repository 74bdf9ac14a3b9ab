package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.FilesAtRest;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.transforms.problem.MillraceException;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.hadoop.conf.Configuration;
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
    Configuration conf = LocalFiles.conf();
    return switch (files.format()) {
      case PARQUET -> ParquetFiles.of(files, FilesAtRest.list(files, conf));
      case CSV -> new CsvFiles(FilesAtRest.paths(files, conf));
      case JSON -> new JsonFiles(files, FilesAtRest.paths(files, conf));
      case AVRO -> new AvroFiles(FilesAtRest.paths(files, conf));
    };
  }
}
