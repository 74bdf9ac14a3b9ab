package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.util.SerializationUtil;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * An Iceberg table. Workers write files and give out what adds them; one worker commits them, with
 * the account in the snapshot's summary.
 */
record IcebergSink(Sink.Iceberg sink, Schema schema, IcebergTarget target) implements WholeSink {
  static IcebergSink of(Sink.Iceberg sink, Schema schema, PipelineOptions options) {
    return new IcebergSink(sink, schema, IcebergTarget.of(sink, schema, options));
  }

  @Override
  public Optional<Kept> kept(PlanIdentity identity) {
    return target.kept();
  }

  @Override
  public PCollection<String> replace(PCollection<UnsafeRow> rows, RunAccount account) {
    IcebergTarget.Begun begun = target.begin();
    PCollectionView<Iterable<byte[]>> files =
        rows.apply("Write files", ParDo.of(new IcebergFiles(begun.table(), schema)))
            .setCoder(ByteArrayCoder.of())
            .apply("Write all", View.asIterable());
    return rows.getPipeline()
        .apply("Write once", Create.of(sink.table()))
        .apply(
            "Write commit",
            ParDo.of(new CommitFn(target, begun.snapshot(), files, account))
                .withSideInputs(files)
                .withSideInputs(account.awaited()));
  }

  @Override
  public String toString() {
    return sink + " by " + sink.partitionBy();
  }

  static final class CommitFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    private final IcebergTarget target;
    private final long snapshot;
    private final PCollectionView<Iterable<byte[]>> files;
    private final RunAccount account;

    CommitFn(
        IcebergTarget target,
        long snapshot,
        PCollectionView<Iterable<byte[]>> files,
        RunAccount account) {
      this.target = target;
      this.snapshot = snapshot;
      this.files = files;
      this.account = account;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      List<DataFile> written = new ArrayList<>();
      context
          .sideInput(files)
          .forEach(file -> written.add(SerializationUtil.deserializeFromBytes(file)));
      context.output(Held.of(target.commit(snapshot, written, account.complete(context))).text());
    }
  }
}
