package dev.millrace.transforms.type;

/** A type without parameters. */
public enum PrimitiveType implements DataType {
  BOOLEAN("boolean", 1),
  /** 32 bits, signed. */
  INT("int", 2),
  /** 64 bits, signed. */
  LONG("bigint", 3),
  FLOAT("float", 4),
  DOUBLE("double", 5),
  /** Unicode text, compared by its UTF-8 bytes. */
  STRING("string", 6),
  BYTES("binary", 7),
  /** Days since 1970-01-01 in the proleptic Gregorian calendar. */
  DATE("date", 8),
  /** An instant: microseconds since 1970-01-01T00:00:00Z. */
  TIMESTAMP("timestamp", 9);

  private final String sql;
  private final int code;

  PrimitiveType(String sql, int code) {
    this.sql = sql;
    this.code = code;
  }

  /** The byte that stands for the type in stored keys; never given to another type. */
  public int code() {
    return code;
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
