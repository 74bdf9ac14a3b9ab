package dev.millrace.pipelines.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Plans as JSON: an object whose one key names the node, such as {@code {"project": {"input": ...,
 * "columns": {"n": "x + 1"}, "where": "x > 0"}}}.
 */
final class PlanJson {
  private static final String DEFINITION = "the case";

  private final Map<String, Rows> tables;
  private final String quarantine;

  PlanJson(Map<String, Rows> tables, String quarantine) {
    this.tables = tables;
    this.quarantine = quarantine;
  }

  Node node(JsonNode json) {
    String kind = json.fieldNames().next();
    JsonNode of = json.path(kind);
    return switch (kind) {
      case "scan" -> scan(of.asText(), Optional.empty());
      case "scan-within" -> scan(of.path("table").asText(), Optional.of(interval(of)));
      case "project" -> project(of);
      case "deduplicate" ->
          new Deduplicate(
              DEFINITION,
              node(of.path("input")),
              texts(of.path("keys")),
              of.path("event-time").asText());
      case "union" -> {
        List<Node> inputs = new ArrayList<>();
        of.forEach(input -> inputs.add(node(input)));
        yield new Union(DEFINITION, inputs);
      }
      case "expect" -> expect(of);
      case "window-aggregate" -> new WindowAggregate(events(of.path("events")), emit(of));
      case "as-of-join" -> {
        List<AsOfJoin.Lookup> lookups = new ArrayList<>();
        of.path("lookups")
            .fields()
            .forEachRemaining(
                each -> lookups.add(new AsOfJoin.Lookup(each.getKey(), events(each.getValue()))));
        yield new AsOfJoin(DEFINITION, node(of.path("spine")), of.path("time").asText(), lookups);
      }
      default -> throw new IllegalArgumentException("no node '" + kind + "'");
    };
  }

  private Scan scan(String name, Optional<Interval> within) {
    Rows rows = tables.get(name);
    if (rows == null) {
      throw new IllegalArgumentException("no table '" + name + "' among " + tables.keySet());
    }
    return new Scan(new Location.Memory(name), rows.schema(), within);
  }

  private static Interval interval(JsonNode json) {
    return new Interval(
        json.path("column").asText(),
        Instant.parse(json.path("start").asText()),
        Instant.parse(json.path("end").asText()));
  }

  private Project project(JsonNode json) {
    Node input = node(json.path("input"));
    List<NamedExpression> columns = new ArrayList<>();
    if (json.path("all").asBoolean()) {
      input.schema().names().forEach(name -> columns.add(NamedExpression.column(name)));
    }
    json.path("columns")
        .fields()
        .forEachRemaining(
            each -> columns.add(new NamedExpression(each.getKey(), each.getValue().asText())));
    Optional<String> where =
        json.has("where") ? Optional.of(json.path("where").asText()) : Optional.empty();
    return Project.of(DEFINITION, input, columns, where);
  }

  private Expect expect(JsonNode json) {
    List<Expectation> expectations = new ArrayList<>();
    for (JsonNode each : json.path("expectations")) {
      Expectation expectation =
          switch (each.path("rule").asText()) {
            case "not-null" -> Expectations.notNull(each.path("column").asText());
            case "between" ->
                Expectations.between(
                    each.path("column").asText(),
                    each.path("least").asDouble(),
                    each.path("most").asDouble());
            case "metric" -> {
              String function = each.path("call").fieldNames().next();
              yield Expectations.metric(
                  each.path("name").asText(),
                  new AggregateCall(
                      function,
                      texts(each.path("call").path(function)),
                      texts(each.path("parameters"))),
                  each.path("least").asDouble(Double.NEGATIVE_INFINITY),
                  each.path("most").asDouble(Double.POSITIVE_INFINITY));
            }
            case "completeness" ->
                Expectations.completeness(
                    each.path("column").asText(), each.path("least").asDouble());
            case "fresh" ->
                Expectations.fresh(
                    each.path("column").asText(), Duration.parse(each.path("most").asText()));
            case "unique" ->
                Expectations.unique(texts(each.path("columns")).toArray(String[]::new));
            default -> Expectations.satisfies(each.path("condition").asText());
          };
      Action action = Action.valueOf(each.path("action").asText().toUpperCase(Locale.ROOT));
      expectations.add(new Expectation(expectation.rule(), action));
    }
    Optional<Interval> interval =
        json.has("interval") ? Optional.of(interval(json.path("interval"))) : Optional.empty();
    Sink.Delta aside =
        new Sink.Delta(quarantine, interval.stream().map(Interval::column).toList(), interval);
    return new Expect(DEFINITION, node(json.path("input")), expectations, aside);
  }

  /**
   * Features are {@code "total_1h": {"sum": ["x"], "over": "1h", "hop": "1m"}}, or {@code "best":
   * {"top_k": ["x"], "parameters": ["3"], "over": "session 15m"}}.
   */
  private Events events(JsonNode json) {
    List<WindowedFeature> features = new ArrayList<>();
    json.path("features")
        .fields()
        .forEachRemaining(
            each -> {
              String function = each.getValue().fieldNames().next();
              AggregateCall call =
                  new AggregateCall(
                      function,
                      texts(each.getValue().path(function)),
                      texts(each.getValue().path("parameters")));
              features.add(new WindowedFeature(each.getKey(), call, window(each.getValue())));
            });
    return new Events(
        DEFINITION,
        node(json.path("rows")),
        texts(json.path("keys")),
        json.path("event-time").asText(),
        json.has("available-at")
            ? Optional.of(json.path("available-at").asText())
            : Optional.empty(),
        features);
  }

  private static Window window(JsonNode json) {
    String text = json.path("over").asText();
    if (text.equals("all")) {
      return Window.lifetime();
    }
    if (text.startsWith("session ")) {
      return Window.session(Duration.ofNanos(1000 * micros(text.substring("session ".length()))));
    }
    if (json.path("hop").asText().equals("exact")) {
      return new Window(text, micros(text), 1);
    }
    if (json.has("hop")) {
      return new Window(text, micros(text), micros(json.path("hop").asText()));
    }
    int count = Integer.parseInt(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 'm' -> Window.minutes(count);
      case 'h' -> Window.hours(count);
      default -> Window.days(count);
    };
  }

  private static Emit emit(JsonNode json) {
    if (json.has("tiles")) {
      return new Emit.Tiles(Instant.parse(json.path("tiles").asText()));
    }
    if (json.has("open-tiles")) {
      return Emit.Tiles.ofAll(Instant.parse(json.path("open-tiles").asText()));
    }
    if (json.has("once")) {
      return Emit.Every.once(Instant.parse(json.path("once").asText()));
    }
    JsonNode every = json.path("every");
    return new Emit.Every(
        Instant.parse(every.path("start").asText()),
        Instant.parse(every.path("end").asText()),
        micros(every.path("period").asText()));
  }

  /** {@code 90m}, {@code 1h}, {@code 7d}, {@code 10s}, {@code 1us}. */
  private static long micros(String text) {
    if (text.endsWith("us")) {
      return Long.parseLong(text.substring(0, text.length() - 2));
    }
    long count = Long.parseLong(text.substring(0, text.length() - 1));
    Duration one =
        switch (text.charAt(text.length() - 1)) {
          case 's' -> Duration.ofSeconds(1);
          case 'm' -> Duration.ofMinutes(1);
          case 'h' -> Duration.ofHours(1);
          default -> Duration.ofDays(1);
        };
    return one.multipliedBy(count).toNanos() / 1000;
  }

  private static List<String> texts(JsonNode json) {
    List<String> texts = new ArrayList<>();
    json.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
