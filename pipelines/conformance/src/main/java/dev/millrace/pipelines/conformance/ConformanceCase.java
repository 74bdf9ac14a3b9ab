package dev.millrace.pipelines.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * One case: rows that go in, a plan, and the rows that come out in any order, to the bit, or the
 * error.
 */
public final class ConformanceCase {
  private final String topic;
  private final JsonNode json;

  ConformanceCase(String topic, JsonNode json) {
    this.topic = topic;
    this.json = json;
  }

  /** {@code edges: an event on the head of the window}. */
  @Override
  public String toString() {
    return topic + ": " + json.path("name").asText();
  }

  /**
   * Runs the case.
   *
   * @param hold gives the engine rows under a name in memory
   * @param folder a path of the engine's that is this case's own, for what is set aside
   * @throws AssertionError saying what came out instead
   */
  public void check(Engine engine, BiConsumer<String, Rows> hold, String folder) {
    Map<String, Rows> tables = new HashMap<>();
    json.path("tables")
        .fields()
        .forEachRemaining(
            table -> {
              Rows rows = RowsJson.read(table.getValue());
              tables.put(table.getKey(), rows);
              hold.accept(table.getKey(), rows);
            });
    String quarantine = folder + "/quarantine";
    if (json.has("error")) {
      expectError(engine, tables, quarantine);
      return;
    }
    Node plan = new PlanJson(tables, quarantine).node(json.path("plan"));
    RowsText.requireSame(this + "", RowsJson.read(json.path("expected")), engine.collect(plan));
    if (json.has("quarantined")) {
      Rows wanted = RowsJson.read(json.path("quarantined"));
      Node aside = new Scan(Location.DeltaTable.at(quarantine), wanted.schema());
      RowsText.requireSame(this + ", rows set aside", wanted, engine.collect(aside));
    }
  }

  private void expectError(Engine engine, Map<String, Rows> tables, String quarantine) {
    String wanted = json.path("error").asText();
    Object outcome;
    try {
      outcome = engine.collect(new PlanJson(tables, quarantine).node(json.path("plan")));
    } catch (RuntimeException failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (String.valueOf(cause.getMessage()).contains(wanted)) {
          return;
        }
      }
      throw new AssertionError(this + ": an error with '" + wanted + "' was expected", failure);
    }
    throw new AssertionError(
        this + ": an error with '" + wanted + "' was expected, not " + outcome);
  }
}
