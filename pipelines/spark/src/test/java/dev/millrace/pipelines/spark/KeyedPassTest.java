package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.Murmur3HashFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Keys of one hash lie mixed in a sorted part, and must not be taken for one another. */
class KeyedPassTest {
  private static final Instant START = Instant.parse("1850-03-01T00:00:00Z");
  private static final Schema EVENTS =
      Schema.of(
          new Column("k", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("x", PrimitiveType.DOUBLE));
  private static final Schema SPINE =
      Schema.of(
          new Column("id", PrimitiveType.INT),
          new Column("k", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP));

  /** As many keys that share their hash with another. */
  static List<String> colliding(int count) {
    Map<Long, String> seen = new HashMap<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; keys.size() < count; i++) {
      String key = "k" + i;
      String other =
          seen.putIfAbsent(
              Murmur3HashFunction.hash(UTF8String.fromString(key), DataTypes.StringType, 42L), key);
      if (other != null) {
        keys.addAll(List.of(other, key));
      }
    }
    return keys;
  }

  @Test
  void keysOfOneHashAreKeptApart() {
    Random random = new Random(8);
    List<String> keys = colliding(12);
    List<List<@Nullable Object>> events = new ArrayList<>();
    List<List<@Nullable Object>> asked = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      String key = keys.get(random.nextInt(keys.size()));
      // Some of a second, some within two, some of two centuries.
      Instant at =
          START.plusMillis(
              random.nextInt(10) < 6 ? random.nextInt(8_000) : random.nextLong(6_000_000_000_000L));
      events.add(List.of(key, at, random.nextInt(100) / 4.0));
      asked.add(
          List.of(i, keys.get(random.nextInt(keys.size())), at.plusMillis(random.nextInt(3))));
    }
    Rows rows = new Rows(EVENTS, events);
    Rows spine = new Rows(SPINE, asked);
    LocalEngine local = LocalEngine.empty();
    Location ofEvents = new Location.Memory("collisions");
    Location ofSpine = new Location.Memory("collisions asked");
    local.hold(ofEvents, rows);
    local.hold(ofSpine, spine);
    ENGINE.hold("collisions", rows);
    ENGINE.hold("collisions asked", spine);
    List<WindowedFeature> features = new ArrayList<>();
    for (Window window :
        List.of(
            Window.lifetime(), Window.minutes(1).exact(), Window.session(Duration.ofSeconds(1)))) {
      features.add(new WindowedFeature("n_" + window.name(), Aggregations.count("x"), window));
      features.add(new WindowedFeature("last_" + window.name(), Aggregations.last("x"), window));
    }
    Events of = new Events("the test", new Scan(ofEvents, EVENTS), List.of("k"), "at", features);
    Node join =
        new AsOfJoin(
            "the test", new Scan(ofSpine, SPINE), "at", List.of(new AsOfJoin.Lookup("v", of)));
    assertThat(ENGINE.collect(join).values())
        .containsExactlyInAnyOrderElementsOf(local.collect(join).values());
    Node regular =
        new WindowAggregate(
            of,
            new Emit.Every(START, START.plusSeconds(9), Duration.ofSeconds(1).toNanos() / 1000));
    assertThat(ENGINE.collect(regular).values())
        .hasSizeGreaterThan(keys.size())
        .containsExactlyInAnyOrderElementsOf(local.collect(regular).values());
  }
}
