package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.VectorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Our types as Catalyst's, and back. A vector is an array of floats there, and only a declared type
 * tells it from one.
 */
public final class CatalystTypes {
  private CatalystTypes() {}

  public static StructType toCatalyst(Schema schema) {
    return toCatalyst(schema.columns());
  }

  private static StructType toCatalyst(List<Column> columns) {
    List<StructField> fields = new ArrayList<>();
    for (Column column : columns) {
      fields.add(DataTypes.createStructField(column.name(), toCatalyst(column.type()), true));
    }
    return DataTypes.createStructType(fields);
  }

  public static org.apache.spark.sql.types.DataType toCatalyst(DataType type) {
    if (type instanceof DecimalType decimal) {
      return DataTypes.createDecimalType(decimal.precision(), decimal.scale());
    }
    if (type instanceof ArrayType array) {
      return DataTypes.createArrayType(toCatalyst(array.element()), true);
    }
    if (type instanceof VectorType) {
      return DataTypes.createArrayType(DataTypes.FloatType, false);
    }
    if (type instanceof dev.millrace.transforms.type.StructType struct) {
      return toCatalyst(struct.fields());
    }
    return switch ((PrimitiveType) type) {
      case BOOLEAN -> DataTypes.BooleanType;
      case INT -> DataTypes.IntegerType;
      case LONG -> DataTypes.LongType;
      case FLOAT -> DataTypes.FloatType;
      case DOUBLE -> DataTypes.DoubleType;
      case STRING -> DataTypes.StringType;
      case BYTES -> DataTypes.BinaryType;
      case DATE -> DataTypes.DateType;
      case TIMESTAMP -> DataTypes.TimestampType;
    };
  }

  /**
   * Our type for Catalyst's, or empty where Millrace has none (intervals, maps, timestamps without
   * a zone).
   */
  public static Optional<DataType> fromCatalyst(org.apache.spark.sql.types.DataType type) {
    if (type instanceof org.apache.spark.sql.types.DecimalType decimal) {
      return Optional.of(new DecimalType(decimal.precision(), decimal.scale()));
    }
    if (type instanceof org.apache.spark.sql.types.ArrayType array) {
      return fromCatalyst(array.elementType()).map(ArrayType::new);
    }
    if (type instanceof StructType struct) {
      return fields(struct).map(dev.millrace.transforms.type.StructType::new);
    }
    if (type.equals(DataTypes.ShortType) || type.equals(DataTypes.ByteType)) {
      return Optional.of(PrimitiveType.INT);
    }
    for (PrimitiveType candidate : PrimitiveType.values()) {
      if (toCatalyst(candidate).equals(type)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static Optional<List<Column>> fields(StructType struct) {
    List<Column> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      Optional<DataType> type = fromCatalyst(field.dataType());
      if (type.isEmpty() || field.name().isBlank()) {
        return Optional.empty();
      }
      fields.add(new Column(field.name(), type.get()));
    }
    return fields.isEmpty() || fields.stream().map(Column::name).distinct().count() < fields.size()
        ? Optional.empty()
        : Optional.of(fields);
  }
}
