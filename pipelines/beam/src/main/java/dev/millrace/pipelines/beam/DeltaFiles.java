package dev.millrace.pipelines.beam;

import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import io.delta.kernel.defaults.internal.json.JsonUtils;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows into files of a Delta table, in the workers, by partition. What it gives out are the
 * actions that add the files, as Delta writes them; until they are committed nothing of the files
 * is in the table.
 */
final class DeltaFiles extends DoFn<UnsafeRow, String> {
  private static final long serialVersionUID = 1L;
  private static final int ROWS_A_FILE = 100_000;

  private final String root;
  private final Schema schema;
  private final ArrayList<String> partitionBy;
  private transient @Nullable Engine engine;
  private transient @Nullable Rebuilt data;
  private transient @Nullable Rebuilt partition;
  private transient @Nullable Map<UnsafeRow, List<UnsafeRow>> waiting;
  private transient @Nullable BoundedWindow window;

  /**
   * Files of a table.
   *
   * @param root of the table, with its scheme
   */
  DeltaFiles(String root, Schema schema, List<String> partitionBy) {
    this.root = root;
    this.schema = schema;
    this.partitionBy = new ArrayList<>(partitionBy);
  }

  private Schema dataSchema() {
    return new Schema(
        schema.columns().stream().filter(c -> !partitionBy.contains(c.name())).toList());
  }

  @Setup
  public void setup() {
    engine = DeltaSnapshot.library();
    data = Rebuilt.columns(schema, dataSchema().names());
    partition = Rebuilt.columns(schema, partitionBy);
  }

  @StartBundle
  public void start() {
    waiting = new LinkedHashMap<>();
  }

  @ProcessElement
  public void process(@Element UnsafeRow row, BoundedWindow of, OutputReceiver<String> out)
      throws IOException {
    window = of;
    UnsafeRow values = Objects.requireNonNull(partition).of(row);
    List<UnsafeRow> beside =
        Objects.requireNonNull(waiting).computeIfAbsent(values, none -> new ArrayList<>());
    beside.add(Objects.requireNonNull(data).of(row));
    if (beside.size() == ROWS_A_FILE) {
      write(values, beside).forEach(out::output);
      beside.clear();
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) throws IOException {
    for (Map.Entry<UnsafeRow, List<UnsafeRow>> each : Objects.requireNonNull(waiting).entrySet()) {
      for (String add : write(each.getKey(), each.getValue())) {
        BoundedWindow in = Objects.requireNonNull(window);
        context.output(add, in.maxTimestamp(), in);
      }
    }
  }

  private List<String> write(UnsafeRow partitionValues, List<UnsafeRow> rows) throws IOException {
    List<String> adds = new ArrayList<>();
    if (rows.isEmpty()) {
      return adds;
    }
    Map<String, Literal> literals = new LinkedHashMap<>();
    for (int i = 0; i < partitionBy.size(); i++) {
      literals.put(
          partitionBy.get(i), literal(schema.column(partitionBy.get(i)), partitionValues, i));
    }
    try (CloseableIterator<DataFileStatus> written =
        Objects.requireNonNull(engine)
            .getParquetHandler()
            .writeParquetFiles(
                root,
                Utils.singletonCloseableIterator(RowVector.batch(dataSchema(), rows)),
                statistics())) {
      while (written.hasNext()) {
        adds.add(
            JsonUtils.rowToJson(
                AddFile.convertDataFileStatus(URI.create(root), written.next(), literals, true)));
      }
    }
    return adds;
  }

  /** Columns whose least and greatest values are kept beside a file. */
  private List<io.delta.kernel.expressions.Column> statistics() {
    return dataSchema().columns().stream()
        .filter(
            column ->
                column.type() instanceof PrimitiveType type
                    && type != PrimitiveType.BYTES
                    && type != PrimitiveType.BOOLEAN)
        .map(column -> new io.delta.kernel.expressions.Column(column.name()))
        .toList();
  }

  private static Literal literal(Column column, InternalRow values, int at) {
    if (values.isNullAt(at)) {
      return Literal.ofNull(KernelTypes.of(column.type()));
    }
    Object value = values.get(at, CatalystTypes.toCatalyst(column.type()));
    if (column.type() instanceof DecimalType decimal) {
      return Literal.ofDecimal(
          ((org.apache.spark.sql.types.Decimal) value).toJavaBigDecimal(),
          decimal.precision(),
          decimal.scale());
    }
    return switch ((PrimitiveType) column.type()) {
      case BOOLEAN -> Literal.ofBoolean((boolean) value);
      case INT -> Literal.ofInt((int) value);
      case LONG -> Literal.ofLong((long) value);
      case FLOAT -> Literal.ofFloat((float) value);
      case DOUBLE -> Literal.ofDouble((double) value);
      case STRING -> Literal.ofString(value.toString());
      case BYTES -> Literal.ofBinary((byte[]) value);
      case DATE -> Literal.ofDate((int) value);
      case TIMESTAMP -> Literal.ofTimestamp((long) value);
    };
  }
}
