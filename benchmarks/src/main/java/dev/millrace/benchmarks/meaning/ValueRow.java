package dev.millrace.benchmarks.meaning;

import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;

/** A row of one double that can be set, so that what is measured is the sum and not the row. */
final class ValueRow extends GenericInternalRow {
  private static final long serialVersionUID = 1;

  double value;

  ValueRow() {
    super(1);
  }

  @Override
  public boolean isNullAt(int ordinal) {
    return false;
  }

  @Override
  public double getDouble(int ordinal) {
    return value;
  }
}
