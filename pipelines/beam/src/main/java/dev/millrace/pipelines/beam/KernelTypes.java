package dev.millrace.pipelines.beam;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import dev.millrace.transforms.type.VectorType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The types of Delta's own library. */
final class KernelTypes {
  private KernelTypes() {}

  static io.delta.kernel.types.StructType of(Schema schema) {
    return struct(schema.columns());
  }

  private static io.delta.kernel.types.StructType struct(List<Column> columns) {
    List<StructField> fields = new ArrayList<>();
    columns.forEach(column -> fields.add(new StructField(column.name(), of(column.type()), true)));
    return new io.delta.kernel.types.StructType(fields);
  }

  static io.delta.kernel.types.DataType of(DataType type) {
    if (type instanceof DecimalType decimal) {
      return new io.delta.kernel.types.DecimalType(decimal.precision(), decimal.scale());
    }
    if (type instanceof ArrayType array) {
      return new io.delta.kernel.types.ArrayType(of(array.element()), true);
    }
    if (type instanceof VectorType) {
      return new io.delta.kernel.types.ArrayType(FloatType.FLOAT, true);
    }
    if (type instanceof StructType struct) {
      return struct(struct.fields());
    }
    return switch ((PrimitiveType) type) {
      case BOOLEAN -> BooleanType.BOOLEAN;
      case INT -> IntegerType.INTEGER;
      case LONG -> LongType.LONG;
      case FLOAT -> FloatType.FLOAT;
      case DOUBLE -> DoubleType.DOUBLE;
      case STRING -> StringType.STRING;
      case BYTES -> BinaryType.BINARY;
      case DATE -> DateType.DATE;
      case TIMESTAMP -> TimestampType.TIMESTAMP;
    };
  }

  /** The columns of a table, those alone whose types Millrace has. */
  static Schema schema(io.delta.kernel.types.StructType table) {
    return new Schema(columns(table));
  }

  private static List<Column> columns(io.delta.kernel.types.StructType table) {
    List<Column> columns = new ArrayList<>();
    for (StructField field : table.fields()) {
      type(field.getDataType()).ifPresent(type -> columns.add(new Column(field.getName(), type)));
    }
    return columns;
  }

  private static Optional<DataType> type(io.delta.kernel.types.DataType type) {
    if (type instanceof io.delta.kernel.types.DecimalType decimal) {
      return Optional.of(new DecimalType(decimal.getPrecision(), decimal.getScale()));
    }
    if (type instanceof io.delta.kernel.types.ArrayType array) {
      return type(array.getElementType()).map(ArrayType::new);
    }
    if (type instanceof io.delta.kernel.types.StructType struct) {
      List<Column> fields = columns(struct);
      return fields.size() == struct.length()
          ? Optional.of(new StructType(fields))
          : Optional.empty();
    }
    if (type instanceof BooleanType) {
      return Optional.of(PrimitiveType.BOOLEAN);
    }
    if (type instanceof ByteType || type instanceof ShortType || type instanceof IntegerType) {
      return Optional.of(PrimitiveType.INT);
    }
    if (type instanceof LongType) {
      return Optional.of(PrimitiveType.LONG);
    }
    if (type instanceof FloatType) {
      return Optional.of(PrimitiveType.FLOAT);
    }
    if (type instanceof DoubleType) {
      return Optional.of(PrimitiveType.DOUBLE);
    }
    if (type instanceof StringType) {
      return Optional.of(PrimitiveType.STRING);
    }
    if (type instanceof BinaryType) {
      return Optional.of(PrimitiveType.BYTES);
    }
    if (type instanceof DateType) {
      return Optional.of(PrimitiveType.DATE);
    }
    return type instanceof TimestampType || type instanceof TimestampNTZType
        ? Optional.of(PrimitiveType.TIMESTAMP)
        : Optional.empty();
  }
}
