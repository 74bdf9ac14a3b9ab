package dev.millrace.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/** JSON of plain values. */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  /** Maps, lists, texts and numbers as JSON. */
  static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not plain values: " + value.getClass(), e);
    }
  }

  /** The texts of a JSON array; empty if it is none. */
  static List<String> texts(String json) {
    try {
      return List.of(MAPPER.readValue(json, String[].class));
    } catch (JsonProcessingException | NullPointerException e) {
      return List.of();
    }
  }
}
