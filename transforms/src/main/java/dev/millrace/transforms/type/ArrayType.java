package dev.millrace.transforms.type;

/** A list of values of one type. */
public record ArrayType(DataType element) implements DataType {
  @Override
  public String sql() {
    return "array<" + element.sql() + ">";
  }

  @Override
  public boolean isNumeric() {
    return false;
  }
}
