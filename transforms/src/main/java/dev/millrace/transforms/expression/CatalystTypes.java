package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Our types as Catalyst's, and back. */
public final class CatalystTypes {
  private CatalystTypes() {}

  public static StructType toCatalyst(Schema schema) {
    List<StructField> fields = new ArrayList<>();
    for (Column column : schema.columns()) {
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
}
