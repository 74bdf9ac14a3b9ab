package dev.millrace.transforms.type;

/** A type without parameters. */
public enum PrimitiveType implements DataType {
  BOOLEAN("boolean"),
  /** 32 bits, signed. */
  INT("int"),
  /** 64 bits, signed. */
  LONG("bigint"),
  FLOAT("float"),
  DOUBLE("double"),
  /** Unicode text, compared by its UTF-8 bytes. */
  STRING("string"),
  BYTES("binary"),
  /** Days since 1970-01-01 in the proleptic Gregorian calendar. */
  DATE("date"),
  /** An instant: microseconds since 1970-01-01T00:00:00Z. */
  TIMESTAMP("timestamp");

  private final String sql;

  PrimitiveType(String sql) {
    this.sql = sql;
  }

  @Override
  public String sql() {
    return sql;
  }

  @Override
  public boolean isNumeric() {
    return this == INT || this == LONG || this == FLOAT || this == DOUBLE;
  }
}
