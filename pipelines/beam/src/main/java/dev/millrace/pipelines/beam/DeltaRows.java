package dev.millrace.pipelines.beam;

import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.json.JsonUtils;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Rows on their way into files of a Delta table, by partition. What is given out are the actions
 * that add the files, as Delta writes them; until they are committed nothing of the files is in the
 * table.
 */
final class DeltaRows {
  private static final int ROWS_A_FILE = 100_000;

  private final String root;
  private final Schema schema;
  private final List<String> partitionBy;
  private final Engine engine = DeltaSnapshot.library();
  private final Rebuilt data;
  private final Rebuilt partition;
  private final Map<UnsafeRow, List<UnsafeRow>> waiting = new LinkedHashMap<>();

  /**
   * Into a table.
   *
   * @param root of the table, with its scheme
   */
  DeltaRows(String root, Schema schema, List<String> partitionBy) {
    this.root = root;
    this.schema = schema;
    this.partitionBy = List.copyOf(partitionBy);
    this.data = Rebuilt.columns(schema, dataSchema().names());
    this.partition = Rebuilt.columns(schema, partitionBy);
  }

  private Schema dataSchema() {
    return new Schema(
        schema.columns().stream().filter(c -> !partitionBy.contains(c.name())).toList());
  }

  /**
   * A file that was given out.
   *
   * @param name of a table without partitions
   * @param rows that it holds
   */
  record Added(String name, long rows) {
    static Added parse(String add) {
      Row row = JsonUtils.rowFromJson(add, AddFile.FULL_SCHEMA);
      return new Added(row.getString(row.getSchema().indexOf("path")), records(row));
    }

    /** How many rows an action says that its file holds. */
    static long records(Row add) {
      String stats = add.getString(add.getSchema().indexOf("stats"));
      return JsonUtils.rowFromJson(stats, new StructType().add("numRecords", LongType.LONG))
          .getLong(0);
    }
  }

  /** Takes a row; gives out the files that became full. */
  List<String> add(InternalRow row) throws IOException {
    UnsafeRow values = partition.of(row);
    List<UnsafeRow> beside = waiting.computeIfAbsent(values, none -> new ArrayList<>());
    beside.add(data.of(row));
    if (beside.size() < ROWS_A_FILE) {
      return List.of();
    }
    List<String> adds = write(values, beside);
    beside.clear();
    return adds;
  }

  /** Writes what is left, and begins anew. */
  List<String> finish() throws IOException {
    List<String> adds = new ArrayList<>();
    for (Map.Entry<UnsafeRow, List<UnsafeRow>> each : waiting.entrySet()) {
      adds.addAll(write(each.getKey(), each.getValue()));
    }
    waiting.clear();
    return adds;
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
        engine
            .getParquetHandler()
            .writeParquetFiles(
                root,
                Utils.singletonCloseableIterator(RowVector.batch(dataSchema(), rows)),
                statistics())) {
      while (written.hasNext()) {
        adds.add(
            JsonUtils.rowToJson(
                AddFile.convertDataFileStatus(
                    new Path(root).toUri(), written.next(), literals, true)));
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
