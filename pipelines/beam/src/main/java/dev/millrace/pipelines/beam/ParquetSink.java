package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.pipelines.runs.ParquetFolder;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * A folder of Parquet files. Workers write them beside it, and one worker moves those of them there
 * that the runner took.
 */
record ParquetSink(Sink.Parquet sink, Schema schema) implements WholeSink {
  private ParquetFolder folder() {
    return new ParquetFolder(sink, LocalFiles.conf());
  }

  @Override
  public Optional<Kept> kept(PlanIdentity identity) {
    return folder().kept();
  }

  @Override
  public PCollection<String> replace(PCollection<UnsafeRow> rows, RunAccount account) {
    ParquetFolder.Making made = folder().begin();
    PCollectionView<Iterable<String>> files =
        rows.apply("Write files", ParDo.of(new DeltaFiles(made.folder(), schema, List.of())))
            .setCoder(StringUtf8Coder.of())
            .apply("Write all", View.asIterable());
    return rows.getPipeline()
        .apply("Write once", Create.of(sink.path()))
        .apply(
            "Move into place",
            ParDo.of(new MoveFn(sink, schema, made, files, account))
                .withSideInputs(files)
                .withSideInputs(account.awaited()));
  }

  @Override
  public String toString() {
    return sink.toString();
  }

  static final class MoveFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    private final Sink.Parquet sink;
    private final Schema schema;
    private final ParquetFolder.Making made;
    private final PCollectionView<Iterable<String>> files;
    private final RunAccount account;

    MoveFn(
        Sink.Parquet sink,
        Schema schema,
        ParquetFolder.Making made,
        PCollectionView<Iterable<String>> files,
        RunAccount account) {
      this.sink = sink;
      this.schema = schema;
      this.made = made;
      this.files = files;
      this.account = account;
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      ParquetFolder folder = new ParquetFolder(sink, LocalFiles.conf());
      Set<String> names = new TreeSet<>();
      long rows = 0;
      for (String add : context.sideInput(files)) {
        DeltaRows.Added file = DeltaRows.Added.parse(add);
        names.add(file.name());
        rows += file.rows();
      }
      folder.keepOnly(made, names);
      if (names.isEmpty()) {
        writeNone();
      }
      context.output(Held.of(folder.publish(made, rows, account.complete(context))).text());
    }

    /**
     * A file of no rows tells the columns. Delta's library writes none; how it writes the columns,
     * one of a row tells.
     */
    private void writeNone() throws IOException {
      Configuration conf = LocalFiles.conf();
      DeltaRows one = new DeltaRows(made.folder(), schema, List.of());
      List<String> adds = new ArrayList<>(one.add(new GenericInternalRow(schema.columns().size())));
      adds.addAll(one.finish());
      Path row = new Path(made.folder(), DeltaRows.Added.parse(adds.get(0)).name());
      MessageType columns;
      try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(row, conf))) {
        columns = reader.getFooter().getFileMetaData().getSchema();
      }
      boolean unused = row.getFileSystem(conf).delete(row, false);
      Path none = new Path(made.folder(), UUID.randomUUID() + ".parquet");
      ExampleParquetWriter.builder(HadoopOutputFile.fromPath(none, conf))
          .withType(columns)
          .build()
          .close();
    }
  }
}
