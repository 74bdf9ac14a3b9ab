package dev.millrace.pipelines.beam;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.defaults.internal.data.DefaultColumnarBatch;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * One column of rows, as Delta's library writes it. A cell is one place of what holds it: a value
 * of a row, or an element of an array.
 */
final class RowVector implements ColumnVector {
  private record Cell(@Nullable SpecializedGetters in, int at) {
    boolean isNull() {
      return in == null || in.isNullAt(at);
    }

    SpecializedGetters holder() {
      return Objects.requireNonNull(in);
    }
  }

  private final DataType type;
  private final List<Cell> cells;

  private RowVector(DataType type, List<Cell> cells) {
    this.type = type;
    this.cells = cells;
  }

  /** Rows side by side, column by column. */
  static FilteredColumnarBatch batch(Schema schema, List<? extends SpecializedGetters> rows) {
    ColumnVector[] columns = new ColumnVector[schema.columns().size()];
    for (int i = 0; i < columns.length; i++) {
      List<Cell> cells = new ArrayList<>(rows.size());
      for (SpecializedGetters row : rows) {
        cells.add(new Cell(row, i));
      }
      columns[i] = new RowVector(schema.columns().get(i).type(), cells);
    }
    return new FilteredColumnarBatch(
        new DefaultColumnarBatch(rows.size(), KernelTypes.of(schema), columns), Optional.empty());
  }

  @Override
  public io.delta.kernel.types.DataType getDataType() {
    return KernelTypes.of(type);
  }

  @Override
  public int getSize() {
    return cells.size();
  }

  @Override
  public void close() {}

  @Override
  public boolean isNullAt(int row) {
    return cells.get(row).isNull();
  }

  @Override
  public boolean getBoolean(int row) {
    Cell cell = cells.get(row);
    return cell.holder().getBoolean(cell.at());
  }

  @Override
  public int getInt(int row) {
    Cell cell = cells.get(row);
    return cell.holder().getInt(cell.at());
  }

  @Override
  public long getLong(int row) {
    Cell cell = cells.get(row);
    return cell.holder().getLong(cell.at());
  }

  @Override
  public float getFloat(int row) {
    Cell cell = cells.get(row);
    return cell.holder().getFloat(cell.at());
  }

  @Override
  public double getDouble(int row) {
    Cell cell = cells.get(row);
    return cell.holder().getDouble(cell.at());
  }

  @Override
  public byte[] getBinary(int row) {
    Cell cell = cells.get(row);
    return cell.holder().getBinary(cell.at());
  }

  @Override
  public String getString(int row) {
    Cell cell = cells.get(row);
    return cell.holder().getUTF8String(cell.at()).toString();
  }

  @Override
  public BigDecimal getDecimal(int row) {
    Cell cell = cells.get(row);
    DecimalType decimal = (DecimalType) type;
    return cell.holder()
        .getDecimal(cell.at(), decimal.precision(), decimal.scale())
        .toJavaBigDecimal();
  }

  @Override
  public ArrayValue getArray(int row) {
    Cell cell = cells.get(row);
    var array = cell.holder().getArray(cell.at());
    DataType element = type instanceof ArrayType of ? of.element() : PrimitiveType.FLOAT;
    List<Cell> elements = new ArrayList<>(array.numElements());
    for (int i = 0; i < array.numElements(); i++) {
      elements.add(new Cell(array, i));
    }
    RowVector vector = new RowVector(element, elements);
    return new ArrayValue() {
      @Override
      public int getSize() {
        return vector.getSize();
      }

      @Override
      public ColumnVector getElements() {
        return vector;
      }
    };
  }

  @Override
  public ColumnVector getChild(int ordinal) {
    List<Column> fields = ((StructType) type).fields();
    List<Cell> children = new ArrayList<>(cells.size());
    for (Cell cell : cells) {
      children.add(
          new Cell(
              cell.isNull() ? null : cell.holder().getStruct(cell.at(), fields.size()), ordinal));
    }
    return new RowVector(fields.get(ordinal).type(), children);
  }
}
