package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.MessageText;
import dev.millrace.transforms.expression.RowChain;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.jspecify.annotations.Nullable;

/**
 * From a message to a row of a stream.
 *
 * @param text what is read as text, or looked at
 * @param records what is read of Avro after that; null of JSON
 * @param selected the columns that are declared
 */
record MessageReading(
    List<RowChain.Step> text, @Nullable AvroRecords records, RowChain.Step selected)
    implements Serializable {
  MessageReading {
    text = new ArrayList<>(text);
  }

  /**
   * Of messages.
   *
   * @param name what people call what they are of
   */
  static MessageReading of(Messages of, String name, Scan stream) {
    MessageText messages = new MessageText(of, stream);
    List<RowChain.Step> text = List.of(messages.looked(), messages.values());
    if (of.format() == Messages.Format.JSON) {
      return new MessageReading(text, null, messages.selected());
    }
    AvroRecords records = AvroRecords.of(of.schema(), messages.declared(), name);
    return new MessageReading(text, records, messages.selected(records.values()));
  }

  /** How many columns a row has; the last is the message. */
  int columns() {
    return selected.columns().size();
  }

  /** What reads messages in one worker: the next row overwrites the one before. */
  UnaryOperator<InternalRow> compile() {
    RowChain first = Compiled.chain(text);
    RowChain last = Compiled.chain(List.of(selected));
    @Nullable AvroRecords ofAvro = records;
    return message -> {
      InternalRow row = Objects.requireNonNull(first.apply(message));
      if (ofAvro != null) {
        byte[] record = row.getBinary(row.numFields() - 1);
        row = new JoinedRow(row, new GenericInternalRow(new Object[] {ofAvro.read(record)}));
      }
      return Objects.requireNonNull(last.apply(row));
    };
  }
}
