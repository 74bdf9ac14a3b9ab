package dev.millrace.transforms.type;

/**
 * Exact decimal numbers.
 *
 * @param precision digits in all, 1 to 38
 * @param scale digits after the point, 0 to {@code precision}
 */
public record DecimalType(int precision, int scale) implements DataType {
  public DecimalType {
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
      throw new IllegalArgumentException(
          "decimal("
              + precision
              + ","
              + scale
              + "): precision is 1 to 38 and scale 0 to the precision");
    }
  }

  @Override
  public String sql() {
    return "decimal(" + precision + "," + scale + ")";
  }

  @Override
  public boolean isNumeric() {
    return true;
  }
}
