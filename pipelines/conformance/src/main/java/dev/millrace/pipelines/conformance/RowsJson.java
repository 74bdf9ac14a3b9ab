package dev.millrace.pipelines.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import dev.millrace.transforms.type.VectorType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows as JSON: {@code {"columns": ["shop string", "spent double"], "rows": [["a", 1.5]]}}. A
 * double is a number, or text as Java writes it ({@code "NaN"}, {@code "-Infinity"}, {@code
 * "0x1p-1074"}); bytes are hexadecimal; a struct is {@code struct<a:int,b:string>}, an object;
 * times and dates are ISO. {@code {"wide": 10000, "rows": 2}} is that many columns {@code c0
 * bigint, c1, ...} whose value is the row's number times a million and the column's.
 */
final class RowsJson {
  private RowsJson() {}

  static Rows read(JsonNode json) {
    if (json.has("wide")) {
      return wide(json.path("wide").asInt(), json.path("rows").asInt());
    }
    List<Column> columns = new ArrayList<>();
    for (JsonNode column : json.path("columns")) {
      String text = column.asText();
      int space = text.lastIndexOf(' ');
      columns.add(new Column(text.substring(0, space), type(text.substring(space + 1))));
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (JsonNode row : json.path("rows")) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException("row " + row + " is none of " + columns);
      }
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        values.add(value(columns.get(i).type(), row.get(i)));
      }
      rows.add(values);
    }
    return new Rows(new Schema(columns), rows);
  }

  private static Rows wide(int width, int count) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      columns.add(new Column("c" + i, PrimitiveType.LONG));
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long row = 0; row < count; row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        values.add(row * 1_000_000 + i);
      }
      rows.add(values);
    }
    return new Rows(new Schema(columns), rows);
  }

  private static DataType type(String text) {
    if (text.startsWith("array<")) {
      return new ArrayType(type(text.substring(6, text.length() - 1)));
    }
    if (text.startsWith("vector(")) {
      return new VectorType(Integer.parseInt(text.substring(7, text.length() - 1)));
    }
    if (text.startsWith("struct<")) {
      List<Column> fields = new ArrayList<>();
      for (String field : text.substring(7, text.length() - 1).split(",", -1)) {
        String[] parts = field.split(":", 2);
        fields.add(new Column(parts[0], type(parts[1])));
      }
      return new StructType(fields);
    }
    if (text.startsWith("decimal(")) {
      String[] parts = text.substring(8, text.length() - 1).split(",", -1);
      return new DecimalType(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
    for (PrimitiveType type : PrimitiveType.values()) {
      if (type.sql().equals(text)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no type '" + text + "'");
  }

  private static @Nullable Object value(DataType type, JsonNode json) {
    if (json.isNull()) {
      return null;
    }
    if (type instanceof ArrayType array) {
      List<@Nullable Object> elements = new ArrayList<>();
      json.forEach(element -> elements.add(value(array.element(), element)));
      return elements;
    }
    if (type instanceof VectorType) {
      List<@Nullable Object> elements = new ArrayList<>();
      json.forEach(element -> elements.add(value(PrimitiveType.FLOAT, element)));
      return elements;
    }
    if (type instanceof StructType struct) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      for (Column field : struct.fields()) {
        fields.put(field.name(), value(field.type(), json.path(field.name())));
      }
      return fields;
    }
    if (type instanceof DecimalType) {
      return new BigDecimal(json.asText());
    }
    return switch ((PrimitiveType) type) {
      case BOOLEAN -> json.asBoolean();
      case INT -> json.asInt();
      case LONG -> Long.parseLong(json.asText());
      case FLOAT -> Float.parseFloat(json.asText());
      case DOUBLE -> Double.parseDouble(json.asText());
      case STRING -> json.asText();
      case BYTES -> HexFormat.of().parseHex(json.asText());
      case DATE -> LocalDate.parse(json.asText());
      case TIMESTAMP -> Instant.parse(json.asText());
    };
  }
}
