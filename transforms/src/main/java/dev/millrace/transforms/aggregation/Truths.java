package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** What is asked of a condition: how often it was true, whether ever, whether always. */
record Truths(Question question) implements GroupAggregation<Truths.Counts> {
  enum Question {
    HOW_MANY,
    ANY,
    ALL
  }

  static final class Counts {
    private long rows;
    private long truths;
  }

  @Override
  public Counts zero() {
    return new Counts();
  }

  @Override
  public void add(Counts accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      accumulator.rows++;
      accumulator.truths += row.getBoolean(ordinal) ? 1 : 0;
    }
  }

  @Override
  public void merge(Counts into, Counts from) {
    into.rows += from.rows;
    into.truths += from.truths;
  }

  @Override
  public void subtract(Counts from, Counts part) {
    from.rows -= part.rows;
    from.truths -= part.truths;
  }

  @Override
  public @Nullable Object present(Counts accumulator, long time) {
    if (question == Question.HOW_MANY) {
      return accumulator.truths;
    }
    if (accumulator.rows == 0) {
      return null;
    }
    return accumulator.truths >= (question == Question.ANY ? 1 : accumulator.rows);
  }

  @Override
  public void encode(Counts accumulator, ByteWriter out) {
    out.writeUnsigned(accumulator.rows);
    out.writeUnsigned(accumulator.truths);
  }

  @Override
  public Counts decode(ByteReader in) {
    Counts counts = new Counts();
    mergeEncoded(counts, in);
    return counts;
  }

  @Override
  public void mergeEncoded(Counts into, ByteReader in) {
    long rows = in.readCount();
    long truths = in.readCount();
    if (truths > rows) {
      throw in.wrong("more truths than rows");
    }
    into.rows += rows;
    into.truths += truths;
  }

  @Override
  public String accumulates(AggregateCall call) {
    return new AggregateCall("count_if", call.inputs()).toString();
  }

  @Override
  public DataType resultType() {
    return question == Question.HOW_MANY ? PrimitiveType.LONG : PrimitiveType.BOOLEAN;
  }
}
