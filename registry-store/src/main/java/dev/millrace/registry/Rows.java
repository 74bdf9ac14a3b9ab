package dev.millrace.registry;

import static org.apache.iceberg.types.Types.NestedField.required;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Reads and writes the columns of rows, and the types of columns that hold many. */
final class Rows {
  private Rows() {}

  /** The columns' names, in order. */
  static List<String> columns(Schema schema) {
    return schema.columns().stream().map(Types.NestedField::name).toList();
  }

  static String text(Record row, String column) {
    return (String) row.getField(column);
  }

  static @Nullable String textOrNull(Record row, String column) {
    return (String) row.getField(column);
  }

  static int integer(Record row, String column) {
    return (Integer) row.getField(column);
  }

  static @Nullable Integer integerOrNull(Record row, String column) {
    return (Integer) row.getField(column);
  }

  static long number(Record row, String column) {
    return (Long) row.getField(column);
  }

  static Instant instant(Record row, String column) {
    return ((OffsetDateTime) row.getField(column)).toInstant();
  }

  static OffsetDateTime time(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  @SuppressWarnings("unchecked") // the schema says so
  static Map<String, String> texts(Record row, String column) {
    return (Map<String, String>) row.getField(column);
  }

  @SuppressWarnings("unchecked") // the schema says so
  static <T> List<T> list(Record row, String column) {
    return (List<T>) row.getField(column);
  }

  /** An empty struct that is a member of the list in that column. */
  static Record member(Schema schema, String column) {
    return GenericRecord.create(schema.findType(column).asListType().elementType().asStructType());
  }

  /** An empty struct of that column. */
  static Record struct(Schema schema, String column) {
    return GenericRecord.create(schema.findType(column).asStructType());
  }

  /** A list of structs; the list's members have the number {@code id}, their fields those after. */
  static Type listOf(int id, Types.NestedField... fields) {
    return Types.ListType.ofRequired(id, Types.StructType.of(fields));
  }

  /** A map of texts, numbered from {@code id}. */
  static Type texts(int id) {
    return Types.MapType.ofRequired(id, id + 1, Types.StringType.get(), Types.StringType.get());
  }

  /** A text that is always there. */
  static Types.NestedField text(int id, String name) {
    return required(id, name, Types.StringType.get());
  }
}
