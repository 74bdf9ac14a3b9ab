package dev.millrace.transforms.type;

/**
 * A dense vector of floats, none of them null, such as an embedding.
 *
 * @param size how many floats, 1 or more
 */
public record VectorType(int size) implements DataType {
  public VectorType {
    if (size < 1) {
      throw new IllegalArgumentException("vector(" + size + "): a vector has 1 float or more");
    }
  }

  @Override
  public String sql() {
    return "vector(" + size + ")";
  }

  @Override
  public boolean isNumeric() {
    return false;
  }
}
