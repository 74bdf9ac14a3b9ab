package dev.millrace.transforms.type;

import java.io.Serializable;

/** The type of a value. Every type can be null unless a definition says otherwise. */
public sealed interface DataType extends Serializable
    permits PrimitiveType, DecimalType, ArrayType, VectorType, StructType {
  /**
   * The type as Spark SQL writes it: {@code bigint}, {@code decimal(10,2)}; {@code vector(3)} is
   * our own.
   */
  String sql();

  /** Whether sums and averages of it make sense. */
  boolean isNumeric();
}
