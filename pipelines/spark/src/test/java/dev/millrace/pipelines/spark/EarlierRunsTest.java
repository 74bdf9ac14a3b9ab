package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Expectations that look at what was before, and at the time: alike on both engines. */
class EarlierRunsTest {
  private static final LocalDate FIRST = LocalDate.of(2024, 3, 1);

  @TempDir Path dir;

  /** An engine, and how rows are handed to it. */
  enum Which {
    LOCAL,
    SPARK
  }

  private record Held(Engine engine, BiConsumer<String, Rows> hold) {
    static Held of(Which which) {
      LocalEngine local = LocalEngine.empty();
      return which == Which.SPARK
          ? new Held(ENGINE, ENGINE::hold)
          : new Held(local, (name, rows) -> local.hold(new Location.Memory(name), rows));
    }
  }

  private static Rows visits(LocalDate day, int count) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(List.of("shop " + i, Instant.parse(day + "T10:00:00Z"), 1.0 * i));
    }
    return new Rows(TestSpark.VISITS, List.copyOf(rows));
  }

  /** What came of each day's rows: accepted, or what was said. */
  private List<String> days(Held held, Expectation expectation, int... counts) {
    List<String> said = new ArrayList<>();
    for (int day = 0; day < counts.length; day++) {
      said.add(day(held, expectation, FIRST.plusDays(day), counts[day]));
    }
    return said;
  }

  private String day(Held held, Expectation expectation, LocalDate date, int count) {
    held.hold.accept("visits", visits(date, count));
    Interval day = Interval.days("day", date, date.plusDays(1));
    Node dated =
        Project.of(
            "visits",
            new Scan(new Location.Memory("visits"), TestSpark.VISITS),
            List.of(
                NamedExpression.column("shop"),
                NamedExpression.column("at"),
                new NamedExpression("day", "to_date(at)")),
            Optional.empty());
    return said(held, dated, expectation, Optional.of(day));
  }

  private String said(Held held, Node rows, Expectation expectation, Optional<Interval> interval) {
    Expect expect =
        new Expect(
            "visits",
            rows,
            List.of(expectation),
            new Sink.Delta(dir.resolve("aside").toString(), List.of(), interval));
    try {
      WriteReport report =
          held.engine.run(
              new Write(
                  expect, new Sink.Delta(dir.resolve("log").toString(), List.of(), interval)));
      WriteReport.ExpectationResult result = report.expectations().get(0);
      return result.breaches() == 0 ? "held" : "warned: " + result.rule();
    } catch (MillraceException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsUnusualIsNotPublished(Which which) {
    Held held = Held.of(which);
    Expectation usual = Expectations.usual("visits", Aggregations.count(), 3, 3);
    assertThat(days(held, usual, 10, 11, 12, 30, 11))
        .containsExactly(
            "held",
            "held",
            "held",
            "The data of visits does not hold what is expected of it: "
                + "visits is more than 3 deviations from its mean of earlier runs: 30, "
                + "not in [8, 14]. "
                + "Nothing was published. Mend the data, or quarantine such rows with orQuarantine().",
            "held");
    // Days count that are before, not runs: the third day has two, whatever came since.
    assertThat(day(held, usual, FIRST.plusDays(2), 30)).isEqualTo("held");
    assertThat(day(held, usual, FIRST.plusDays(3), 30)).isEqualTo("held");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotSteadyIsWarnedOf(Which which) {
    Held held = Held.of(which);
    Expectation steady = Expectations.steady("visits", Aggregations.count(), 0.5, 2).orWarn();
    assertThat(days(held, steady, 10, 5, 11, 22))
        .containsExactly(
            "held",
            "held",
            "warned: visits is not 0.5 to 2 times what it was in the last run: 11, not in [2.5, 10]",
            "held");
  }

  @ParameterizedTest
  @EnumSource
  void runsOverAllRowsAreHeldAgainstEachOther(Which which) {
    Held held = Held.of(which);
    Expectation steady = Expectations.steady("visits", Aggregations.count(), 0.5, 2).orWarn();
    List<String> said = new ArrayList<>();
    for (int count : List.of(4, 9, 9)) {
      held.hold.accept("visits", visits(FIRST, count));
      said.add(
          said(
              held,
              new Scan(new Location.Memory("visits"), TestSpark.VISITS),
              steady,
              Optional.empty()));
    }
    assertThat(said.get(0)).isEqualTo("held");
    assertThat(said.get(1)).startsWith("warned: visits is not 0.5 to 2 times");
  }

  @ParameterizedTest
  @EnumSource
  void daysAreFreshAtTheirEnd(Which which) {
    Held held = Held.of(which);
    assertThat(days(held, Expectations.fresh("at", Duration.ofHours(14)), 1))
        .containsExactly("held");
    assertThat(days(held, Expectations.fresh("at", Duration.ofHours(13)), 1).get(0))
        .contains("newest at is older than PT13H as of 2024-03-02T00:00:00Z: 2024-03-01T10:00:00Z");
  }

  @Test
  void rowsThatAreThereAlreadyGrowOld() {
    Held held = Held.of(Which.SPARK);
    held.hold.accept("visits", visits(FIRST, 1));
    Node rows = new Scan(new Location.Memory("visits"), TestSpark.VISITS);
    Expectation fresh = Expectations.fresh("at", Duration.ofHours(2));
    Location log = Location.DeltaTable.at(dir.resolve("log").toString());
    try {
      ENGINE.goBy(InstantSource.fixed(Instant.parse("2024-03-01T12:00:00Z")));
      assertThat(said(held, rows, fresh, Optional.empty())).isEqualTo("held");
      String version = ENGINE.version(log);
      assertThat(said(held, rows, fresh, Optional.empty())).isEqualTo("held");
      ENGINE.goBy(InstantSource.fixed(Instant.parse("2024-03-01T12:00:01Z")));
      assertThat(said(held, rows, fresh, Optional.empty()))
          .contains("newest at is older than PT2H as of 2024-03-01T12:00:01Z");
      assertThat(ENGINE.version(log)).isEqualTo(version);
    } finally {
      ENGINE.goBy(InstantSource.system());
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnsThatAreNotDeclaredAreNamed(Which which) {
    Held held = Held.of(which);
    held.hold.accept("visits", visits(FIRST, 2));
    Schema some = Schema.of(new Column("shop", TestSpark.VISITS.column("shop").type()));
    Node rows = new Scan(new Location.Memory("visits"), some);
    assertThat(said(held, rows, Expectations.onlyDeclaredColumns().orWarn(), Optional.empty()))
        .isEqualTo("warned: columns [at, spent] are not declared");
    assertThat(said(held, rows, Expectations.onlyDeclaredColumns(), Optional.empty()))
        .contains("columns [at, spent] are not declared");
    assertThat(
            said(
                held,
                new Scan(new Location.Memory("visits"), TestSpark.VISITS),
                Expectations.onlyDeclaredColumns(),
                Optional.empty()))
        .isEqualTo("held");
  }

  /** Our bounds and Deequ's strategies come to one verdict. */
  @Test
  void deequFindsTheSameAnomalies() {
    Random random = new Random(7);
    int anomalies = 0;
    for (int i = 0; i < 5000; i++) {
      List<Double> earlier = new ArrayList<>();
      boolean flat = random.nextInt(5) == 0;
      for (int run = 0; run < 2 + random.nextInt(20); run++) {
        earlier.add(flat ? 0.1 : 100 + 10 * random.nextGaussian());
      }
      double value =
          flat && random.nextBoolean()
              ? 0.1
              : 100 + 30 * random.nextGaussian() - random.nextInt(2) * 200;
      for (Bounds bounds : List.of(new Bounds.Deviations(2, 2), new Bounds.Ratio(0.8, 1.25))) {
        boolean theirs =
            DeequAnomaly.isAnomalous(DeequAnomaly.strategy(bounds).orElseThrow(), earlier, value);
        boolean ours = !bounds.given(new Bounds.Past(earlier, Instant.EPOCH)).holds(value);
        assertThat(ours).as("%s of %s after %s", bounds, value, earlier).isEqualTo(theirs);
        anomalies += ours ? 1 : 0;
      }
    }
    assertThat(anomalies).isBetween(1000, 9000);
  }
}
