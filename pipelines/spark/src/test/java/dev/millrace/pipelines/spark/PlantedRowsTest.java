package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Nothing from the future: events planted at a request's time or after it change no value of it.
 */
class PlantedRowsTest {
  private static final int PLANTED = 100_000;
  private static final int REQUESTS = 2_000;
  private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");
  private static final double POISON = 1e15;
  private static final Schema EVENTS =
      Schema.of(
          new Column("k", PrimitiveType.STRING),
          new Column("j", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("x", PrimitiveType.DOUBLE));
  private static final Schema SPINE =
      Schema.of(
          new Column("id", PrimitiveType.INT),
          new Column("k", PrimitiveType.STRING),
          new Column("j", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP));

  private static Rows join(String name, List<List<@Nullable Object>> events, Rows spine) {
    ENGINE.hold(name, new Rows(EVENTS, events));
    ENGINE.hold(name + " asked", spine);
    List<WindowedFeature> features = new ArrayList<>();
    for (Window window :
        List.of(
            Window.hours(1),
            Window.days(7),
            Window.hours(6).exact(),
            Window.session(java.time.Duration.ofHours(1)),
            Window.lifetime())) {
      features.add(new WindowedFeature("n_" + window.name(), Aggregations.count("x"), window));
      features.add(new WindowedFeature("sum_" + window.name(), Aggregations.sum("x"), window));
      features.add(new WindowedFeature("max_" + window.name(), Aggregations.max("x"), window));
      features.add(new WindowedFeature("last_" + window.name(), Aggregations.last("x"), window));
    }
    Node read = new Scan(new Location.Memory(name), EVENTS);
    return ENGINE.collect(
        new AsOfJoin(
            "the test",
            new Scan(new Location.Memory(name + " asked"), SPINE),
            "at",
            List.of(
                new AsOfJoin.Lookup(
                    "v", new Events("the test", read, List.of("k", "j"), "at", features)))));
  }

  private static Map<Object, List<@Nullable Object>> byId(Rows rows) {
    Map<Object, List<@Nullable Object>> byId = new HashMap<>();
    rows.values().forEach(row -> byId.put(java.util.Objects.requireNonNull(row.get(0)), row));
    return byId;
  }

  /**
   * Each entity is asked for once, so that all that is planted at its request's time or later must
   * not show; its keys and those of another collide when they are joined to one text.
   */
  @Test
  void noneOfAHundredThousandShows() {
    Random random = new Random(5);
    List<List<@Nullable Object>> asked = new ArrayList<>();
    List<List<@Nullable Object>> honest = new ArrayList<>();
    List<List<@Nullable Object>> planted = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      String digits = String.format("%06d", i / 2);
      int cut = i % 2 == 0 ? 2 : 4;
      String k = digits.substring(0, cut);
      String j = digits.substring(cut);
      Instant at =
          START.plusSeconds(random.nextInt(30 * 86_400)).plusNanos(random.nextInt(1000) * 1000L);
      asked.add(List.of(i, k, j, at));
      for (int event = 0; event < 5; event++) {
        honest.add(
            List.of(
                k,
                j,
                at.minusSeconds(random.nextInt(8 * 86_400)).minusNanos(1000),
                random.nextInt(10_000) / 100.0));
      }
      for (int event = 0; event < PLANTED / REQUESTS; event++) {
        long later =
            event % 5 == 0 ? 0 : event % 5 == 1 ? 1 : random.nextInt(8 * 86_400) * 1_000_000L;
        planted.add(List.of(k, j, at.plusNanos(later * 1000), POISON));
      }
    }
    Rows spine = new Rows(SPINE, asked);
    Map<Object, List<@Nullable Object>> clean = byId(join("honest", honest, spine));
    List<List<@Nullable Object>> all = new ArrayList<>(honest);
    all.addAll(planted);
    java.util.Collections.shuffle(all, random);
    assertThat(planted).hasSize(PLANTED);
    assertThat(clean).hasSize(REQUESTS);
    assertThat(byId(join("planted", all, spine))).isEqualTo(clean);
  }
}
