package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.window.Window.days;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.window.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values by days: what is missing is computed, and nothing else. */
class BackfillTest {
  private static final Days ALL = new Days(Visits.FIRST, Visits.FIRST.plusDays(Visits.DAYS + 1));

  private final SparkEngine engine = TestSpark.ENGINE;

  @TempDir Path dir;
  private Workspace workspace;
  private Visits visits;

  @BeforeEach
  void open() {
    workspace = new Workspace(dir.resolve("workspace").toString());
    visits = new Visits(dir.resolve("visits"));
    write(Visits.drawn(0));
  }

  private void write(List<Row> rows) {
    visits.write(engine, rows, 1);
  }

  private MaterializeJob job(Window... windows) {
    FeatureView view =
        FeatureView.named("habits")
            .entity(Entity.named("shop").key("shop", STRING))
            .from(visits.source())
            .feature("visits", count(), windows)
            .feature("spent", avg("spent"), windows)
            .build();
    return new MaterializeJob(
        view,
        new Schedule(
            Instant.parse("2024-01-01T00:00:00Z"),
            Instant.parse("2024-01-07T00:00:00Z"),
            Duration.ofHours(12)));
  }

  private List<Row> values(MaterializeJob job) {
    return engine
        .session()
        .read()
        .format("delta")
        .load(MaterializeJob.table(job.view(), workspace))
        .orderBy("time", "shop")
        .collectAsList();
  }

  private int backfill(MaterializeJob job, Days within, int most) {
    return job.backfill(engine, workspace, within, most, (days, report, done, total) -> {});
  }

  private Map<Standing, List<Integer>> standing(MaterializeJob job) {
    return job.standing(engine, workspace).entrySet().stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue,
                Collectors.mapping(each -> each.getKey().getDayOfMonth(), Collectors.toList())));
  }

  @Test
  void chunksOfAnySizeGiveTheValuesOfOneRun() {
    MaterializeJob job = job(days(1), days(3));
    new IngestJob(job.view().source()).run(engine, workspace);
    assertThat(backfill(job, ALL, 100)).isEqualTo(7);
    List<Row> whole = values(job);
    assertThat(whole).hasSizeGreaterThan(50);
    workspace = new Workspace(dir.resolve("other").toString());
    new IngestJob(job.view().source()).run(engine, workspace);
    assertThat(backfill(job, new Days(Visits.FIRST.plusDays(3), Visits.FIRST.plusDays(5)), 1))
        .isEqualTo(2);
    assertThat(backfill(job, ALL, 4)).isEqualTo(5);
    assertThat(values(job)).isEqualTo(whole);
    assertThat(backfill(job, ALL, 4)).isZero();
  }

  @Test
  void goesOnWhereItWasStopped() {
    MaterializeJob job = job(days(1));
    new IngestJob(job.view().source()).run(engine, workspace);
    List<Days> written = new ArrayList<>();
    assertThatThrownBy(
            () ->
                job.backfill(
                    engine,
                    workspace,
                    ALL,
                    2,
                    (days, report, done, total) -> {
                      written.add(days);
                      if (done == 4) {
                        throw new IllegalStateException("stopped");
                      }
                    }))
        .hasMessage("stopped");
    assertThat(written)
        .containsExactly(
            new Days(Visits.FIRST, Visits.FIRST.plusDays(2)),
            new Days(Visits.FIRST.plusDays(2), Visits.FIRST.plusDays(4)));
    assertThat(backfill(job, ALL, 3)).isEqualTo(3);
    assertThat(standing(job)).containsOnlyKeys(Standing.CURRENT);
  }

  @Test
  void aDayOfTheLogThatChangesIsComputedAnewWhereWindowsReachIt() {
    MaterializeJob job = job(days(1), days(3));
    IngestJob ingest = new IngestJob(job.view().source());
    for (int i = 0; i < Visits.DAYS; i++) {
      engine.run(ingest.plan(workspace, Days.of(Visits.FIRST.plusDays(i))));
    }
    backfill(job, ALL, 100);
    assertThat(standing(job)).containsOnlyKeys(Standing.CURRENT);

    write(Visits.drawn(100));
    Days second = Days.of(Visits.FIRST.plusDays(1));
    engine.run(ingest.plan(workspace, second));
    assertThat(standing(job).get(Standing.DATA_CHANGED)).containsExactly(2, 3, 4, 5);
    assertThat(standing(job).get(Standing.CURRENT)).containsExactly(1, 6, 7);
    assertThat(backfill(job, ALL, 100)).isEqualTo(4);
  }

  @Test
  void valuesOfAllThatEverWasReadAllDaysBefore() {
    MaterializeJob job = job(Window.lifetime());
    IngestJob ingest = new IngestJob(job.view().source());
    engine.run(ingest.plan(workspace, new Days(Visits.FIRST, Visits.FIRST.plusDays(Visits.DAYS))));
    backfill(job, ALL, 2);
    List<Row> chunked = values(job);
    assertThat(chunked.get(chunked.size() - 1).<Long>getAs("visits_all")).isGreaterThan(100);
    write(Visits.drawn(100));
    engine.run(ingest.plan(workspace, Days.of(Visits.FIRST.plusDays(4))));
    assertThat(standing(job).get(Standing.DATA_CHANGED)).containsExactly(5, 6, 7);
  }

  @Test
  void ofTwoBackfillsOfOneDayOneWinsAndTheOtherSaysWhy() throws Exception {
    MaterializeJob job = job(days(1));
    new IngestJob(job.view().source()).run(engine, workspace);
    backfill(job, new Days(Visits.FIRST, Visits.FIRST.plusDays(2)), 2);
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      int refused = 0;
      for (int i = 0; i < 20 && refused == 0; i++) {
        write(Visits.drawn(i));
        new IngestJob(job.view().source()).run(engine, workspace);
        CyclicBarrier together = new CyclicBarrier(2);
        List<Future<Integer>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
          runs.add(
              two.submit(
                  () -> {
                    together.await();
                    return backfill(job, new Days(Visits.FIRST, Visits.FIRST.plusDays(2)), 2);
                  }));
        }
        for (Future<Integer> run : runs) {
          try {
            run.get();
          } catch (ExecutionException lost) {
            assertThat(lost.getCause())
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("another run wrote the table meanwhile");
            refused++;
          }
        }
        assertThat(refused).isLessThan(2);
      }
      assertThat(refused).isEqualTo(1);
    } finally {
      two.shutdownNow();
    }
    assertThat(backfill(job, ALL, 100)).isEqualTo(5);
    List<Row> after = values(job);
    workspace = new Workspace(dir.resolve("other").toString());
    new IngestJob(job.view().source()).run(engine, workspace);
    backfill(job, ALL, 100);
    assertThat(after).isEqualTo(values(job));
  }

  @Test
  void joinedFilesHoldTheSameRowsAndStayCurrent() {
    visits.write(engine, Visits.drawn(0), 8);
    MaterializeJob job = job(days(1));
    IngestJob ingest = new IngestJob(job.view().source());
    for (int i = 0; i < 3; i++) {
      engine.run(ingest.plan(workspace, Days.of(Visits.FIRST.plusDays(i))));
    }
    new QualityJob(job.view().source()).run(engine, workspace, Optional.empty());
    Days three = new Days(Visits.FIRST, Visits.FIRST.plusDays(3));
    backfill(job, three, 1);
    List<Row> log = Visits.log(engine, workspace);
    List<Row> values = values(job);
    Map<String, Engine.Compaction> done =
        new CompactJob(List.of(ingest.log(workspace), MaterializeJob.table(job.view(), workspace)))
            .run(engine);
    assertThat(done).hasSize(2);
    Engine.Compaction ofLog = Objects.requireNonNull(done.get(ingest.log(workspace)));
    assertThat(ofLog.before()).isGreaterThan(ofLog.after());
    assertThat(ofLog.after()).isEqualTo(3);
    assertThat(Visits.log(engine, workspace)).isEqualTo(log);
    assertThat(values(job)).isEqualTo(values);
    assertThat(backfill(job, three, 1)).isZero();
    assertThat(engine.run(ingest.plan(workspace, three)).unchanged()).isTrue();
  }

  @Test
  void refusesChunksOfNothing() {
    MaterializeJob job = job(days(1));
    assertThatThrownBy(() -> backfill(job, ALL, 0))
        .hasMessage("A commit of 0 days computes nothing. Give 1 or more.");
    assertThatThrownBy(() -> new Days(Visits.FIRST, Visits.FIRST))
        .hasMessage(
            "The days from 2024-01-01 to before 2024-01-01 are none. Put the earlier day first.");
  }
}
