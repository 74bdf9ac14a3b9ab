package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.type.Schema;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.types.DataTypeJsonSerDe;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of Parquet, one at a time, wherever a worker is free. Each is held against the scan
 * on its own: one that lacks a column is an error before anything is read.
 */
final class ParquetRead extends DoFn<ParquetRead.Part, UnsafeRow> {
  private static final long serialVersionUID = 1L;

  /**
   * A file and the columns that are read of it.
   *
   * @param columns as Delta's library reads them, in JSON
   * @param selection the declared columns of those
   */
  record Part(
      String path,
      long size,
      long time,
      String columns,
      Schema held,
      LinkedHashMap<String, String> selection)
      implements Serializable {}

  private transient @Nullable Engine engine;

  static PCollection<UnsafeRow> rows(Pipeline pipeline, List<ParquetFile> files, Scan scan) {
    List<Part> parts = new ArrayList<>();
    files.forEach(file -> parts.add(part(file, scan)));
    return pipeline
        .apply("Files", Create.of(parts).withCoder(SerializableCoder.of(Part.class)))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Read", ParDo.of(new ParquetRead()))
        .setCoder(RowCoder.of());
  }

  private static Part part(ParquetFile file, Scan scan) {
    Schema all = KernelTypes.schema(file.columns());
    Map<String, String> selection = Selection.of(all, scan.schema(), "parquet " + file.path());
    List<StructField> columns = new ArrayList<>();
    scan.schema().names().forEach(name -> columns.add(file.columns().get(name)));
    StructType read = new StructType(columns);
    return new Part(
        file.path(),
        file.size(),
        file.time(),
        DataTypeJsonSerDe.serializeDataType(read),
        KernelTypes.schema(read),
        new LinkedHashMap<>(selection));
  }

  @Setup
  public void setup() {
    engine = DeltaSnapshot.library();
  }

  @ProcessElement
  public void process(@Element Part part, OutputReceiver<UnsafeRow> out) throws IOException {
    var select = Compiled.projection(part.selection(), part.held());
    int[] columns = IntStream.range(0, part.held().columns().size()).toArray();
    try (CloseableIterator<ColumnarBatch> batches =
        Objects.requireNonNull(engine)
            .getParquetHandler()
            .readParquetFiles(
                Utils.singletonCloseableIterator(
                    FileStatus.of(part.path(), part.size(), part.time())),
                DataTypeJsonSerDe.deserializeStructType(part.columns()),
                Optional.empty())) {
      while (batches.hasNext()) {
        ColumnarBatch batch = batches.next();
        for (int i = 0; i < batch.getSize(); i++) {
          out.output(((UnsafeRow) select.apply(VectorRow.of(batch, columns, i))).copy());
        }
      }
    }
  }
}
