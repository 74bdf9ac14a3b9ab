package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.type.Schema;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.json.JsonUtils;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** Reads a version of a Delta table, a file at a time, wherever a worker is free. */
final class DeltaRead extends DoFn<String, UnsafeRow> {
  private static final long serialVersionUID = 1L;

  private final String state;
  private final Schema held;
  private final LinkedHashMap<String, String> selection;
  private transient @Nullable Engine engine;
  private transient @Nullable Row scanState;
  private transient @Nullable RowProjection select;

  private DeltaRead(String state, Schema held, Map<String, String> selection) {
    this.state = state;
    this.held = held;
    this.selection = new LinkedHashMap<>(selection);
  }

  static PCollection<UnsafeRow> rows(Pipeline pipeline, DeltaSnapshot snapshot, Scan scan) {
    Schema all = snapshot.schema();
    Map<String, String> selection =
        Selection.of(all, scan.schema(), scan.location().toString(), scan::mayLack);
    Schema held =
        new Schema(
            scan.schema().columns().stream().flatMap(c -> all.find(c.name()).stream()).toList());
    io.delta.kernel.Scan files = snapshot.scan(held.names());
    List<String> names = new ArrayList<>();
    snapshot.files(files).forEach(file -> names.add(JsonUtils.rowToJson(file)));
    String state = JsonUtils.rowToJson(files.getScanState(snapshot.engine()));
    return pipeline
        .apply("Files", Create.of(names).withCoder(StringUtf8Coder.of()))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Read", ParDo.of(new DeltaRead(state, held, selection)))
        .setCoder(RowCoder.of());
  }

  @Setup
  public void setup() {
    engine = DeltaSnapshot.library();
    scanState = JsonUtils.rowFromJson(state, new ScanStateRow(new HashMap<>()).getSchema());
    select = Compiled.projection(selection, held);
  }

  @ProcessElement
  public void process(@Element String file, OutputReceiver<UnsafeRow> out) throws IOException {
    Engine mine = Objects.requireNonNull(engine);
    Row ofScan = Objects.requireNonNull(scanState);
    Row scanFile = JsonUtils.rowFromJson(file, InternalScanFileUtils.SCAN_FILE_SCHEMA);
    int[] columns = IntStream.range(0, held.columns().size()).toArray();
    try (CloseableIterator<ColumnarBatch> data =
            mine.getParquetHandler()
                .readParquetFiles(
                    Utils.singletonCloseableIterator(
                        InternalScanFileUtils.getAddFileStatus(scanFile)),
                    ScanStateRow.getPhysicalDataReadSchema(mine, ofScan),
                    Optional.empty());
        CloseableIterator<FilteredColumnarBatch> batches =
            io.delta.kernel.Scan.transformPhysicalData(mine, ofScan, scanFile, data)) {
      while (batches.hasNext()) {
        FilteredColumnarBatch batch = batches.next();
        Optional<ColumnVector> selected = batch.getSelectionVector();
        for (int i = 0; i < batch.getData().getSize(); i++) {
          if (selected.isEmpty() || (!selected.get().isNullAt(i) && selected.get().getBoolean(i))) {
            out.output(
                ((UnsafeRow)
                        Objects.requireNonNull(select)
                            .apply(VectorRow.of(batch.getData(), columns, i)))
                    .copy());
          }
        }
      }
    }
  }
}
