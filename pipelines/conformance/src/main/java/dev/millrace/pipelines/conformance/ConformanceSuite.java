package dev.millrace.pipelines.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The cases that every engine passes. They lie in files by topic, beside this class; {@code
 * topics.json} lists them.
 */
public final class ConformanceSuite {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConformanceSuite() {}

  /** Every case, by topic. */
  public static List<ConformanceCase> cases() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (JsonNode topic : read("topics.json")) {
      for (JsonNode each : read("cases/" + topic.asText() + ".json")) {
        cases.add(new ConformanceCase(topic.asText(), each));
      }
    }
    return cases;
  }

  private static JsonNode read(String resource) {
    try (InputStream in = ConformanceSuite.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return JSON.readTree(in);
    } catch (IOException broken) {
      throw new UncheckedIOException("in " + resource, broken);
    }
  }
}
