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
import java.util.Objects;
import java.util.Optional;
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
          new Column("x", PrimitiveType.DOUBLE),
          new Column("known", PrimitiveType.TIMESTAMP));
  private static final Schema SPINE =
      Schema.of(
          new Column("id", PrimitiveType.INT),
          new Column("k", PrimitiveType.STRING),
          new Column("j", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP));

  /** Values of many windows, or the latest alone, for which few of the events are looked at. */
  private static Rows join(
      String name,
      List<List<@Nullable Object>> events,
      Rows spine,
      boolean latestAlone,
      Optional<String> availableAt) {
    ENGINE.hold(name, new Rows(EVENTS, events));
    ENGINE.hold(name + " asked", spine);
    List<WindowedFeature> features = new ArrayList<>();
    for (Window window :
        List.of(Window.hours(1), Window.days(7), Window.hours(6).exact(), Window.lifetime())) {
      features.add(new WindowedFeature("last_" + window.name(), Aggregations.last("x"), window));
    }
    if (!latestAlone) {
      if (availableAt.isEmpty()) {
        Window session = Window.session(java.time.Duration.ofHours(1));
        features.add(new WindowedFeature("session", Aggregations.last("x"), session));
      }
      features.add(new WindowedFeature("first", Aggregations.first("x"), Window.lifetime()));
      for (Window window : features.stream().map(WindowedFeature::window).distinct().toList()) {
        features.add(new WindowedFeature("n_" + window.name(), Aggregations.count("x"), window));
        features.add(new WindowedFeature("sum_" + window.name(), Aggregations.sum("x"), window));
        features.add(new WindowedFeature("max_" + window.name(), Aggregations.max("x"), window));
      }
    }
    Node read = new Scan(new Location.Memory(name), EVENTS);
    return ENGINE.collect(
        new AsOfJoin(
            "the test",
            new Scan(new Location.Memory(name + " asked"), SPINE),
            "at",
            List.of(
                new AsOfJoin.Lookup(
                    "v",
                    new Events(
                        "the test", read, List.of("k", "j"), "at", availableAt, features)))));
  }

  private static void assertIsBeginningOf(
      Map<Object, List<@Nullable Object>> whole, Map<Object, List<@Nullable Object>> rows) {
    assertThat(rows).hasSize(REQUESTS);
    rows.forEach(
        (id, row) ->
            assertThat(row)
                .isEqualTo(Objects.requireNonNull(whole.get(id)).subList(0, row.size())));
  }

  private static Map<Object, List<@Nullable Object>> byId(Rows rows) {
    Map<Object, List<@Nullable Object>> byId = new HashMap<>();
    rows.values().forEach(row -> byId.put(Objects.requireNonNull(row.get(0)), row));
    return byId;
  }

  /**
   * Each entity is asked for once, so that all that is planted at its request's time or later must
   * not show, nor what happened before and is known later; its keys and those of another collide
   * when they are joined to one text.
   */
  @Test
  void noneOfAHundredThousandShows() {
    Random random = new Random(5);
    List<List<@Nullable Object>> asked = new ArrayList<>();
    List<List<@Nullable Object>> honest = new ArrayList<>();
    List<List<@Nullable Object>> planted = new ArrayList<>();
    List<List<@Nullable Object>> knownLater = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      String digits = String.format("%06d", i / 2);
      int cut = i % 2 == 0 ? 2 : 4;
      String k = digits.substring(0, cut);
      String j = digits.substring(cut);
      Instant at =
          START.plusSeconds(random.nextInt(30 * 86_400)).plusNanos(random.nextInt(1000) * 1000L);
      asked.add(List.of(i, k, j, at));
      for (int event = 0; event < 5; event++) {
        Instant before = at.minusSeconds(random.nextInt(8 * 86_400)).minusNanos(1000);
        honest.add(List.of(k, j, before, random.nextInt(10_000) / 100.0, before));
      }
      for (int event = 0; event < PLANTED / REQUESTS; event++) {
        long some =
            event % 5 == 0 ? 0 : event % 5 == 1 ? 1 : random.nextInt(8 * 86_400) * 1_000_000L;
        Instant later = at.plusNanos(some * 1000);
        planted.add(List.of(k, j, later, POISON, later));
        Instant before = at.minusNanos((some + 1) * 1000);
        knownLater.add(List.of(k, j, before, POISON, later.plusNanos(1000)));
      }
    }
    Rows spine = new Rows(SPINE, asked);
    Map<Object, List<@Nullable Object>> clean =
        byId(join("honest", honest, spine, false, Optional.empty()));
    List<List<@Nullable Object>> all = new ArrayList<>(honest);
    all.addAll(planted);
    java.util.Collections.shuffle(all, random);
    assertThat(planted).hasSize(PLANTED);
    assertThat(clean).hasSize(REQUESTS);
    assertThat(byId(join("planted", all, spine, false, Optional.empty()))).isEqualTo(clean);
    Map<Object, List<@Nullable Object>> latest =
        byId(join("latest", all, spine, true, Optional.empty()));
    assertIsBeginningOf(clean, latest);

    assertThat(knownLater).hasSize(PLANTED);
    Optional<String> known = Optional.of("known");
    Map<Object, List<@Nullable Object>> expected = byId(join("known", honest, spine, false, known));
    all.addAll(knownLater);
    java.util.Collections.shuffle(all, random);
    assertThat(byId(join("known later", all, spine, false, known))).isEqualTo(expected);
    assertIsBeginningOf(clean, byId(join("latest known", all, spine, true, known)));
  }
}
