package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.VectorType;

/** What an aggregation can take for one of its inputs. */
enum Input {
  ANY("any type"),
  NUMBER("a number"),
  ORDERED("a type with an order"),
  CONDITION("a boolean"),
  VECTOR("a vector or an array of floats or doubles"),
  TIME("a timestamp");

  private final String words;

  Input(String words) {
    this.words = words;
  }

  boolean takes(DataType type) {
    return switch (this) {
      case ANY -> true;
      case NUMBER -> type.isNumeric();
      case ORDERED -> Values.isOrdered(type);
      case CONDITION -> type == PrimitiveType.BOOLEAN;
      case VECTOR ->
          type instanceof VectorType
              || (type instanceof ArrayType array
                  && (array.element() == PrimitiveType.FLOAT
                      || array.element() == PrimitiveType.DOUBLE));
      case TIME -> type == PrimitiveType.TIMESTAMP;
    };
  }

  @Override
  public String toString() {
    return words;
  }
}
