package dev.millrace.registry;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.util.List;
import java.util.Locale;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;

/** An event as a row of {@code models.history}, and back. */
final class HistoryRow {
  static final Schema SCHEMA =
      new Schema(
          required(1, "sequence", Types.LongType.get()),
          Rows.text(2, "event_id"),
          Rows.text(3, "model"),
          Rows.text(4, "kind"),
          optional(5, "alias", Types.StringType.get()),
          optional(6, "version", Types.IntegerType.get()),
          optional(7, "previous_version", Types.IntegerType.get()),
          optional(8, "stage", Types.StringType.get()),
          optional(9, "passed", Types.BooleanType.get()),
          required(
              10,
              "gates",
              Rows.listOf(
                  100,
                  Rows.text(101, "kind"),
                  Rows.text(102, "metric"),
                  Rows.text(103, "split"),
                  Rows.text(104, "slice"),
                  required(105, "least", Types.DoubleType.get()),
                  required(106, "most", Types.DoubleType.get()),
                  required(107, "count", Types.IntegerType.get()))),
          Rows.text(11, "reason"),
          Rows.text(12, "done_by"),
          required(13, "done_at", Types.TimestampType.withZone()));

  static final List<String> COLUMNS = Rows.columns(SCHEMA);

  private HistoryRow() {}

  static Record write(HistoryEvent event) {
    Record row = GenericRecord.create(SCHEMA);
    row.setField("sequence", event.sequence());
    row.setField("event_id", event.id());
    row.setField("model", event.model());
    row.setField("kind", lower(event.kind()));
    row.setField("alias", event.alias());
    row.setField("version", event.version());
    row.setField("previous_version", event.previous());
    row.setField("stage", event.stage());
    row.setField("passed", event.passed());
    row.setField("gates", event.gates().stream().map(HistoryRow::gate).toList());
    row.setField("reason", event.reason());
    row.setField("done_by", event.by());
    row.setField("done_at", Rows.time(event.at()));
    return row;
  }

  static HistoryEvent read(Record row) {
    return new HistoryEvent(
        Rows.number(row, "sequence"),
        Rows.text(row, "event_id"),
        Rows.text(row, "model"),
        HistoryEvent.Kind.valueOf(upper(row, "kind")),
        Rows.textOrNull(row, "alias"),
        Rows.integerOrNull(row, "version"),
        Rows.integerOrNull(row, "previous_version"),
        Rows.textOrNull(row, "stage"),
        (Boolean) row.getField("passed"),
        Rows.<Record>list(row, "gates").stream().map(HistoryRow::gate).toList(),
        Rows.text(row, "reason"),
        Rows.text(row, "done_by"),
        Rows.instant(row, "done_at"));
  }

  static String lower(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String upper(Record row, String column) {
    return Rows.text(row, column).toUpperCase(Locale.ROOT);
  }

  private static Record gate(Gate gate) {
    Record member = Rows.member(SCHEMA, "gates");
    member.setField("kind", lower(gate.kind()));
    member.setField("metric", gate.metric());
    member.setField("split", gate.split());
    member.setField("slice", gate.slice());
    member.setField("least", gate.least());
    member.setField("most", gate.most());
    member.setField("count", gate.count());
    return member;
  }

  private static Gate gate(Record row) {
    return new Gate(
        Gate.Kind.valueOf(upper(row, "kind")),
        Rows.text(row, "metric"),
        Rows.text(row, "split"),
        Rows.text(row, "slice"),
        (Double) row.getField("least"),
        (Double) row.getField("most"),
        Rows.integer(row, "count"));
  }
}
