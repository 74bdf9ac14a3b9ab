package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.ParquetDigest;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;

/**
 * What the end of a Parquet file says of it.
 *
 * @param path a URI
 * @param digest tells the file from others of its name
 */
record ParquetFooter(String path, StructType schema, String digest) {
  static ParquetFooter read(LocatedFileStatus file, Configuration conf, SQLConf sql) {
    Path path = file.getPath();
    try {
      String digest = ParquetDigest.of(file, conf);
      try (ParquetFileReader reader =
          ParquetFileReader.open(
              HadoopInputFile.fromStatus(file, conf), HadoopReadOptions.builder(conf).build())) {
        StructType schema =
            new ParquetToSparkSchemaConverter(sql)
                .convert(reader.getFooter().getFileMetaData().getSchema());
        return new ParquetFooter(path.toString(), schema, digest);
      }
    } catch (IOException | RuntimeException failure) {
      throw new MillraceException(
          new Problem(
              "Cannot read parquet " + path.toUri().getPath(),
              Failures.rootMessage(failure),
              "Check that the file is of that format and whole"),
          failure);
    }
  }
}
