package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.ParquetDigest;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/**
 * A file of Parquet and the columns that it has.
 *
 * @param path with its scheme
 * @param time of its last change, in milliseconds
 * @param columns those whose types Millrace has
 * @param digest tells it from others of its name
 */
record ParquetFile(String path, long size, long time, StructType columns, String digest) {
  static ParquetFile read(LocatedFileStatus file, Configuration conf) throws IOException {
    String digest = ParquetDigest.of(file, conf);
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, conf))) {
      return new ParquetFile(
          file.getPath().toString(),
          file.getLen(),
          file.getModificationTime(),
          columns(reader.getFooter().getFileMetaData().getSchema()),
          digest);
    }
  }

  private static StructType columns(GroupType group) {
    List<StructField> fields = new ArrayList<>();
    for (Type field : group.getFields()) {
      type(field).ifPresent(type -> fields.add(new StructField(field.getName(), type, true)));
    }
    return new StructType(fields);
  }

  private static Optional<DataType> type(Type field) {
    if (field.isPrimitive()) {
      return field.isRepetition(Type.Repetition.REPEATED) || !isRead(field)
          ? Optional.empty()
          : Optional.of(type(field.asPrimitiveType()));
    }
    GroupType group = field.asGroupType();
    LogicalTypeAnnotation annotation = group.getLogicalTypeAnnotation();
    if (annotation == null) {
      StructType struct = columns(group);
      return struct.length() == group.getFieldCount() ? Optional.of(struct) : Optional.empty();
    }
    boolean isList =
        annotation instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation
            && group.getFieldCount() == 1
            && !group.getType(0).isPrimitive()
            && group.getType(0).asGroupType().getFieldCount() == 1;
    return isList
        ? type(group.getType(0).asGroupType().getType(0)).map(of -> new ArrayType(of, true))
        : Optional.empty();
  }

  /** Delta's library reads unsigned numbers as signed ones, and times of day as numbers. */
  private static boolean isRead(Type primitive) {
    LogicalTypeAnnotation annotation = primitive.getLogicalTypeAnnotation();
    boolean isWideUnsigned =
        annotation instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation number
            && !number.isSigned()
            && number.getBitWidth() >= Integer.SIZE;
    return !isWideUnsigned
        && !(annotation instanceof LogicalTypeAnnotation.TimeLogicalTypeAnnotation);
  }

  private static DataType type(PrimitiveType primitive) {
    LogicalTypeAnnotation annotation = primitive.getLogicalTypeAnnotation();
    if (annotation instanceof LogicalTypeAnnotation.DecimalLogicalTypeAnnotation decimal) {
      return new DecimalType(decimal.getPrecision(), decimal.getScale());
    }
    return switch (primitive.getPrimitiveTypeName()) {
      case BOOLEAN -> BooleanType.BOOLEAN;
      case INT32 ->
          annotation instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation
              ? DateType.DATE
              : IntegerType.INTEGER;
      case INT64 ->
          annotation instanceof LogicalTypeAnnotation.TimestampLogicalTypeAnnotation time
              ? time.isAdjustedToUTC() ? TimestampType.TIMESTAMP : TimestampNTZType.TIMESTAMP_NTZ
              : LongType.LONG;
      case INT96 -> TimestampType.TIMESTAMP;
      case FLOAT -> FloatType.FLOAT;
      case DOUBLE -> DoubleType.DOUBLE;
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          annotation instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
                  || annotation instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation
                  || annotation instanceof LogicalTypeAnnotation.JsonLogicalTypeAnnotation
              ? StringType.STRING
              : BinaryType.BINARY;
    };
  }
}
