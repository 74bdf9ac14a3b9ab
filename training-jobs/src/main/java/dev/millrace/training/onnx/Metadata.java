package dev.millrace.training.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/**
 * What a model says of itself beside its graph. Lists are JSON arrays in ASCII, so that no name can
 * be read as two and no reader's charset matters; numbers are written by Jackson's own algorithm,
 * since {@link Double#toString} gives other text in Java 19 and later.
 */
final class Metadata {
  static final String FEATURE_NAMES = "millrace.feature_names";
  static final String FILLS = "millrace.fills";
  static final String PRODUCER = "millrace.producer";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .build();

  private Metadata() {}

  static String toJson(List<?> values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A list of text or numbers is always JSON", e);
    }
  }

  /** The names in a JSON array of text, or {@link ModelFormatException}. */
  static List<String> namesFromJson(String json) {
    try {
      return List.of(JSON.readValue(json, String[].class));
    } catch (JsonProcessingException | NullPointerException e) {
      throw new ModelFormatException(
          "Cannot read the feature names of the ONNX model: its metadata '"
              + FEATURE_NAMES
              + "' is '"
              + json
              + "', not a JSON array of text. Export the model again.",
          e);
    }
  }
}
