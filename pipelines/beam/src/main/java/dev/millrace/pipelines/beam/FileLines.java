package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.LocalFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import scala.collection.AbstractIterator;

/**
 * The lines of a file as Spark finds them, by Hadoop's reader, which unpacks files by their names.
 * Each overwrites the one before.
 */
final class FileLines extends AbstractIterator<Text> implements Closeable {
  private final LineRecordReader reader = new LineRecordReader();
  private boolean isLooked;
  private boolean isThere;

  FileLines(Path file) throws IOException {
    Configuration conf = LocalFiles.conf();
    long length = file.getFileSystem(conf).getFileStatus(file).getLen();
    reader.initialize(
        new FileSplit(file, 0, length, new String[0]),
        new TaskAttemptContextImpl(conf, new TaskAttemptID()));
  }

  @Override
  public boolean hasNext() {
    if (!isLooked) {
      try {
        isThere = reader.nextKeyValue();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      isLooked = true;
    }
    return isThere;
  }

  @Override
  public Text next() {
    if (!hasNext()) {
      throw new java.util.NoSuchElementException();
    }
    isLooked = false;
    return reader.getCurrentValue();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
