package dev.millrace.pipelines.spark;

import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection$;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;
import scala.collection.JavaConverters;

/**
 * Writes rows into Parquet files of a Delta table's folder, with Spark's own writer; a commit makes
 * them the table's.
 */
final class StreamFiles implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A file that was written. */
  record Written(String path, Map<String, String> partition, long size, long modified, long rows)
      implements Serializable {
    AddFile toAction() {
      return new AddFile(
          path,
          DeltaAppend.values(partition),
          size,
          modified,
          true,
          "{\"numRecords\":" + rows + "}",
          null,
          null,
          Option.empty(),
          Option.empty(),
          Option.empty());
    }
  }

  private final String table;
  private final StructType inFiles;
  private final int[] places;
  private final int day;
  private final String dayName;
  private final OutputWriterFactory writers;
  private final Broadcast<SerializableConfiguration> conf;
  private final StructType whole;

  private StreamFiles(
      String table,
      StructType whole,
      int day,
      OutputWriterFactory writers,
      Broadcast<SerializableConfiguration> conf) {
    this.table = table;
    this.whole = whole;
    this.day = day;
    this.dayName = day < 0 ? "" : whole.fieldNames()[day];
    this.places = IntStream.range(0, whole.length()).filter(i -> i != day).toArray();
    this.inFiles = without(whole, day);
    this.writers = writers;
    this.conf = conf;
  }

  /**
   * Files of rows of a schema.
   *
   * @param day the place of the date that the table is partitioned by; -1 where it is not
   */
  static StreamFiles of(SparkSession session, String table, Schema schema, int day) {
    StructType whole = CatalystTypes.toCatalyst(schema);
    try {
      Job job = Job.getInstance(session.sessionState().newHadoopConf());
      OutputWriterFactory writers =
          new ParquetFileFormat()
              .prepareWrite(
                  session,
                  job,
                  scala.collection.immutable.Map$.MODULE$.<String, String>empty(),
                  without(whole, day));
      return new StreamFiles(
          table,
          whole,
          day,
          writers,
          JavaSparkContext.fromSparkContext(session.sparkContext())
              .broadcast(new SerializableConfiguration(job.getConfiguration())));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static StructType without(StructType whole, int day) {
    StructType rest = new StructType();
    for (int i = 0; i < whole.length(); i++) {
      if (i != day) {
        rest = rest.add(whole.fields()[i]);
      }
    }
    return rest;
  }

  /** A file that is being written. */
  private static final class Open {
    final OutputWriter writer;
    final String path;
    final Map<String, String> partition;
    long rows;

    Open(OutputWriter writer, String path, Map<String, String> partition) {
      this.writer = writer;
      this.path = path;
      this.partition = partition;
    }
  }

  /** Writes a part of the rows, a file for each day. */
  Iterator<Written> write(Iterator<InternalRow> rows) {
    try {
      return written(rows);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Iterator<Written> written(Iterator<InternalRow> rows) throws IOException {
    TaskAttemptContext context =
        new TaskAttemptContextImpl(
            conf.value().value(), new TaskAttemptID(new TaskID("millrace", 0, TaskType.MAP, 0), 0));
    UnsafeProjection rest = projection();
    Map<Integer, Open> open = new LinkedHashMap<>();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      int of = day < 0 ? 0 : row.getInt(day);
      Open file = open.get(of);
      if (file == null) {
        file = open(of, context);
        open.put(of, file);
      }
      file.writer.write(rest.apply(row));
      file.rows++;
    }
    List<Written> written = new ArrayList<>();
    for (Open file : open.values()) {
      file.writer.close();
      Path path = new Path(table, file.path);
      var status = path.getFileSystem(conf.value().value()).getFileStatus(path);
      written.add(
          new Written(
              file.path,
              new HashMap<>(file.partition),
              status.getLen(),
              status.getModificationTime(),
              file.rows));
    }
    return written.iterator();
  }

  private Open open(int of, TaskAttemptContext context) {
    String name = "part-" + UUID.randomUUID() + writers.getFileExtension(context);
    Map<String, String> partition =
        day < 0 ? Map.of() : Map.of(dayName, LocalDate.ofEpochDay(of).toString());
    String path = day < 0 ? name : dayName + "=" + LocalDate.ofEpochDay(of) + "/" + name;
    OutputWriter writer = writers.newInstance(new Path(table, path).toString(), inFiles, context);
    return new Open(writer, path, partition);
  }

  private UnsafeProjection projection() {
    List<Expression> columns = new ArrayList<>();
    for (int place : places) {
      columns.add(new BoundReference(place, whole.fields()[place].dataType(), true));
    }
    return UnsafeProjection$.MODULE$.create(JavaConverters.asScalaBuffer(columns).toSeq());
  }
}
