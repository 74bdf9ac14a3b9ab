package dev.millrace.transforms.expression;

import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.FormatString;
import org.apache.spark.sql.catalyst.expressions.StructsToCsv;
import org.apache.spark.sql.catalyst.expressions.StructsToJson;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/** Functions that make text of any value, and of some by {@code Object.toString()}. */
final class Printed {
  private Printed() {}

  /** The type of a value that a function prints as an object, or none. */
  static Optional<DataType> asAnObject(Expression function) {
    Stream<DataType> printed = Stream.empty();
    if (function instanceof FormatString format) {
      printed = JavaConverters.seqAsJavaList(format.children()).stream().map(Expression::dataType);
    } else if (function instanceof StructsToCsv csv) {
      printed = parts(csv.child().dataType()).skip(1);
    } else if (function instanceof StructsToJson json) {
      printed =
          parts(json.child().dataType())
              .filter(MapType.class::isInstance)
              .map(map -> ((MapType) map).keyType());
    }
    return printed.filter(Printed::isAnObject).findFirst();
  }

  private static boolean isAnObject(DataType type) {
    return type instanceof BinaryType
        || type instanceof ArrayType
        || type instanceof MapType
        || type instanceof StructType;
  }

  /** A type and all within it. */
  private static Stream<DataType> parts(DataType type) {
    Stream<DataType> within = Stream.empty();
    if (type instanceof StructType struct) {
      within = Stream.of(struct.fields()).flatMap(field -> parts(field.dataType()));
    } else if (type instanceof ArrayType array) {
      within = parts(array.elementType());
    } else if (type instanceof MapType map) {
      within = Stream.concat(parts(map.keyType()), parts(map.valueType()));
    }
    return Stream.concat(Stream.of(type), within);
  }
}
