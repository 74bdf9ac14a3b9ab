package dev.millrace.pipelines.spark;

import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
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
 * @param digest of the footer's bytes
 */
record ParquetFooter(String path, StructType schema, String digest) {
  private static final int TAIL = 8;
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  static ParquetFooter read(LocatedFileStatus file, Configuration conf, SQLConf sql) {
    Path path = file.getPath();
    try {
      String digest = Digest.sha256(bytes(file, conf));
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

  private static byte[] bytes(LocatedFileStatus file, Configuration conf) throws IOException {
    try (FSDataInputStream in = file.getPath().getFileSystem(conf).open(file.getPath())) {
      byte[] tail = new byte[TAIL];
      if (file.getLen() < TAIL + MAGIC.length) {
        throw new IOException("it holds " + file.getLen() + " bytes, too few for a Parquet file");
      }
      in.readFully(file.getLen() - TAIL, tail);
      int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      boolean parquet = Arrays.equals(Arrays.copyOfRange(tail, 4, TAIL), MAGIC);
      if (!parquet || length < 0 || length > file.getLen() - TAIL - MAGIC.length) {
        throw new IOException("it does not end as a Parquet file does");
      }
      byte[] footer = new byte[length];
      in.readFully(file.getLen() - TAIL - length, footer);
      return footer;
    }
  }
}
