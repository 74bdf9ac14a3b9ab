package dev.millrace.pipelines.runs;

import dev.millrace.transforms.bytes.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.LocatedFileStatus;

/**
 * Tells Parquet files apart by their footers, which hold statistics of all columns, and by when
 * they were written: values within the same bounds leave the footer as it is.
 */
public final class ParquetDigest {
  private static final int TAIL = 8;
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private ParquetDigest() {}

  /**
   * A digest of the footer's bytes and of the time of the file's last change.
   *
   * @throws IOException where the file is not of Parquet, or not whole
   */
  public static String of(LocatedFileStatus file, Configuration conf) throws IOException {
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
      return Digest.sha256(footer) + " " + file.getModificationTime();
    }
  }
}
