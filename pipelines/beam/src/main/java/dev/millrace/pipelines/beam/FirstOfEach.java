package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.transforms.expression.FirstRow;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** The first of several rows that agree. */
final class FirstOfEach implements SerializableBiFunction<UnsafeRow, UnsafeRow, UnsafeRow> {
  private static final long serialVersionUID = 1L;

  private final FirstRow order;

  private FirstOfEach(FirstRow order) {
    this.order = order;
  }

  static Combine.PerKey<UnsafeRow, UnsafeRow, UnsafeRow> of(Deduplicate deduplicate) {
    return Combine.perKey(
        new FirstOfEach(
            FirstRow.of(deduplicate.schema(), deduplicate.keys(), deduplicate.eventTime())));
  }

  @Override
  public UnsafeRow apply(UnsafeRow one, UnsafeRow other) {
    return order.isBefore(other, one) ? other : one;
  }
}
