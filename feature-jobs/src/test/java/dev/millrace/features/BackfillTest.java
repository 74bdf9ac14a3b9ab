package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.window.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values by days: what is missing is computed, and nothing else. */
class BackfillTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("shop", DataTypes.StringType)
          .add("at", DataTypes.TimestampType)
          .add("spent", DataTypes.DoubleType);
  private static final LocalDate FIRST = LocalDate.parse("2024-01-01");
  private static final int DAYS = 6;
  private static final Days ALL = new Days(FIRST, FIRST.plusDays(DAYS + 1));

  private final SparkEngine engine = TestSpark.ENGINE;

  @TempDir Path dir;
  private Workspace workspace;

  @BeforeEach
  void open() {
    workspace = new Workspace(dir.resolve("workspace").toString());
    write(visits(0));
  }

  private static Row visit(String shop, @Nullable Instant at, double spent) {
    return RowFactory.create(shop, at == null ? null : Timestamp.from(at), spent);
  }

  private static List<Row> visits(int more) {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600 + more; i++) {
      Instant at =
          Instant.parse("2024-01-01T00:00:00Z")
              .plusMillis((long) (random.nextDouble() * Duration.ofDays(DAYS).toMillis()));
      rows.add(visit("shop" + random.nextInt(5), at, random.nextGaussian()));
    }
    return rows;
  }

  private void write(List<Row> rows) {
    write(rows, 1);
  }

  private void write(List<Row> rows, int files) {
    engine
        .session()
        .createDataFrame(rows, SCHEMA)
        .repartition(files)
        .write()
        .mode("overwrite")
        .parquet(dir.resolve("visits").toString());
  }

  private Source source() {
    return Source.parquet("visits", dir.resolve("visits").toString())
        .column("shop", STRING)
        .column("at", TIMESTAMP)
        .column("spent", DOUBLE)
        .expect(notNull("shop").orQuarantine())
        .eventTime("at")
        .build();
  }

  private MaterializeJob job(Window... windows) {
    FeatureView view =
        FeatureView.named("habits")
            .entity(Entity.named("shop").key("shop", STRING))
            .from(source())
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
    assertThat(backfill(job, new Days(FIRST.plusDays(3), FIRST.plusDays(5)), 1)).isEqualTo(2);
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
            new Days(FIRST, FIRST.plusDays(2)), new Days(FIRST.plusDays(2), FIRST.plusDays(4)));
    assertThat(backfill(job, ALL, 3)).isEqualTo(3);
    assertThat(standing(job)).containsOnlyKeys(Standing.CURRENT);
  }

  @Test
  void aDayOfTheLogThatChangesIsComputedAnewWhereWindowsReachIt() {
    MaterializeJob job = job(days(1), days(3));
    IngestJob ingest = new IngestJob(job.view().source());
    for (int i = 0; i < DAYS; i++) {
      engine.run(ingest.plan(workspace, Days.of(FIRST.plusDays(i))));
    }
    backfill(job, ALL, 100);
    assertThat(standing(job)).containsOnlyKeys(Standing.CURRENT);

    write(visits(100));
    Days second = Days.of(FIRST.plusDays(1));
    engine.run(ingest.plan(workspace, second));
    assertThat(standing(job).get(Standing.DATA_CHANGED)).containsExactly(2, 3, 4, 5);
    assertThat(standing(job).get(Standing.CURRENT)).containsExactly(1, 6, 7);
    assertThat(backfill(job, ALL, 100)).isEqualTo(4);
  }

  @Test
  void valuesOfAllThatEverWasReadAllDaysBefore() {
    MaterializeJob job = job(Window.lifetime());
    IngestJob ingest = new IngestJob(job.view().source());
    engine.run(ingest.plan(workspace, new Days(FIRST, FIRST.plusDays(DAYS))));
    backfill(job, ALL, 2);
    List<Row> chunked = values(job);
    assertThat(chunked.get(chunked.size() - 1).<Long>getAs("visits_all")).isGreaterThan(100);
    write(visits(100));
    engine.run(ingest.plan(workspace, Days.of(FIRST.plusDays(4))));
    assertThat(standing(job).get(Standing.DATA_CHANGED)).containsExactly(5, 6, 7);
  }

  @Test
  void aDayIngestedTwiceIsTheSameAndSetsAsideTheSame() {
    List<Row> rows = new ArrayList<>(visits(0));
    rows.add(visit("late", null, 1.0));
    rows.add(RowFactory.create(null, Timestamp.from(Instant.parse("2024-01-02T10:00:00Z")), 2.0));
    rows.add(RowFactory.create(null, Timestamp.from(Instant.parse("2024-01-03T10:00:00Z")), 3.0));
    write(rows);
    IngestJob ingest = new IngestJob(source());
    WriteReport whole = ingest.run(engine, workspace);
    List<Row> log = log();
    assertThat(aside()).containsExactly("null 1.0", "2024-01-02 2.0", "2024-01-03 3.0");

    workspace = new Workspace(dir.resolve("other").toString());
    WriteReport second = engine.run(ingest.plan(workspace, Days.of(FIRST.plusDays(1))));
    assertThat(aside()).containsExactly("null 1.0", "2024-01-02 2.0");
    assertThat(engine.run(ingest.plan(workspace, Days.of(FIRST.plusDays(1)))))
        .isEqualTo(second.unchanged(true));
    engine.run(ingest.plan(workspace, new Days(FIRST, FIRST.plusDays(DAYS))));
    assertThat(aside()).containsExactly("null 1.0", "2024-01-02 2.0", "2024-01-03 3.0");
    assertThat(log()).isEqualTo(log).hasSize(Math.toIntExact(whole.rows()));
  }

  private Source strict(double most) {
    return Source.parquet("visits", dir.resolve("visits").toString())
        .column("shop", STRING)
        .column("at", TIMESTAMP)
        .column("spent", DOUBLE)
        .expect(notNull("shop").orQuarantine(), between("spent", -9, most).orQuarantine())
        .expect(unique("shop", "at", "spent").orQuarantine())
        .eventTime("at")
        .build();
  }

  @Test
  void rowsSetAsideAreReplayedWhenTheRuleIsMended() {
    List<Row> rows = new ArrayList<>(visits(0));
    rows.add(visits(0).get(0));
    rows.add(RowFactory.create(null, Timestamp.from(Instant.parse("2024-01-02T10:00:00Z")), 2.0));
    rows.add(visit("late", null, 1.0));
    write(rows);
    new IngestJob(strict(9)).run(engine, workspace);
    List<Row> wanted = log();
    List<String> wantedAside = aside();
    assertThat(wantedAside).hasSize(3);

    workspace = new Workspace(dir.resolve("other").toString());
    WriteReport first = new IngestJob(strict(0)).run(engine, workspace);
    assertThat(first.quarantined()).isGreaterThan(200);
    IngestJob mended = new IngestJob(strict(9));
    WriteReport some =
        mended.replay(engine, workspace, Optional.of(new Days(FIRST, FIRST.plusDays(2))));
    assertThat(some.unchanged()).isFalse();
    assertThat(log().size()).isBetween((int) first.rows() + 1, wanted.size() - 1);
    WriteReport all = mended.replay(engine, workspace, Optional.empty());
    assertThat(log()).isEqualTo(wanted);
    assertThat(aside()).isEqualTo(wantedAside);
    assertThat(new QualityJob(strict(9)).quality(engine, workspace, Optional.empty()).rows())
        .isEqualTo(all.rows());
    assertThat(mended.replay(engine, workspace, Optional.empty())).isEqualTo(all.unchanged(true));
  }

  @Test
  void aReplayThatWasStoppedBeforeTheQuarantineWasWrittenGoesOn() {
    write(visits(0));
    new IngestJob(strict(9)).run(engine, workspace);
    List<Row> wanted = log();
    workspace = new Workspace(dir.resolve("other").toString());
    new IngestJob(strict(0)).run(engine, workspace);
    IngestJob mended = new IngestJob(strict(9));
    Path quarantine = Path.of(mended.quarantine(workspace));
    Path saved = dir.resolve("saved");
    copy(quarantine, saved);
    mended.replay(engine, workspace, Optional.empty());
    // As if the run had been stopped in between: the log is written, the quarantine is as it was.
    copy(saved, quarantine);
    assertThat(aside()).isNotEmpty();
    assertThat(mended.replay(engine, workspace, Optional.empty()).unchanged()).isTrue();
    assertThat(aside()).isEmpty();
    assertThat(log()).isEqualTo(wanted);
  }

  private static void copy(Path from, Path to) {
    try {
      FileUtils.deleteDirectory(to.toFile());
      FileUtils.copyDirectory(from.toFile(), to.toFile());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    DeltaLog.clearCache();
  }

  private List<Row> log() {
    return engine
        .session()
        .read()
        .format("delta")
        .load(workspace.path("sources", "visits", "events"))
        .orderBy("at", "spent")
        .collectAsList();
  }

  private List<String> aside() {
    return engine
        .session()
        .read()
        .format("delta")
        .load(new IngestJob(source()).quarantine(workspace))
        .orderBy("event_day", "spent")
        .selectExpr("concat_ws(' ', coalesce(string(event_day), 'null'), spent)")
        .as(org.apache.spark.sql.Encoders.STRING())
        .collectAsList();
  }

  @Test
  void ofTwoBackfillsOfOneDayOneWinsAndTheOtherSaysWhy() throws Exception {
    MaterializeJob job = job(days(1));
    new IngestJob(job.view().source()).run(engine, workspace);
    backfill(job, new Days(FIRST, FIRST.plusDays(2)), 2);
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      int refused = 0;
      for (int i = 0; i < 20 && refused == 0; i++) {
        write(visits(i));
        new IngestJob(job.view().source()).run(engine, workspace);
        CyclicBarrier together = new CyclicBarrier(2);
        List<Future<Integer>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
          runs.add(
              two.submit(
                  () -> {
                    together.await();
                    return backfill(job, new Days(FIRST, FIRST.plusDays(2)), 2);
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
    write(visits(0), 8);
    MaterializeJob job = job(days(1));
    IngestJob ingest = new IngestJob(job.view().source());
    for (int i = 0; i < 3; i++) {
      engine.run(ingest.plan(workspace, Days.of(FIRST.plusDays(i))));
    }
    new QualityJob(job.view().source()).run(engine, workspace, Optional.empty());
    Days three = new Days(FIRST, FIRST.plusDays(3));
    backfill(job, three, 1);
    List<Row> log = log();
    List<Row> values = values(job);
    Map<String, Engine.Compaction> done =
        new CompactJob(List.of(ingest.log(workspace), MaterializeJob.table(job.view(), workspace)))
            .run(engine);
    assertThat(done).hasSize(2);
    Engine.Compaction ofLog = Objects.requireNonNull(done.get(ingest.log(workspace)));
    assertThat(ofLog.before()).isGreaterThan(ofLog.after());
    assertThat(ofLog.after()).isEqualTo(3);
    assertThat(log()).isEqualTo(log);
    assertThat(values(job)).isEqualTo(values);
    assertThat(backfill(job, three, 1)).isZero();
    assertThat(engine.run(ingest.plan(workspace, three)).unchanged()).isTrue();
  }

  @Test
  void refusesChunksOfNothing() {
    MaterializeJob job = job(days(1));
    assertThatThrownBy(() -> backfill(job, ALL, 0))
        .hasMessage("A commit of 0 days computes nothing. Give 1 or more.");
    assertThatThrownBy(() -> new Days(FIRST, FIRST))
        .hasMessage(
            "The days from 2024-01-01 to before 2024-01-01 are none. Put the earlier day first.");
  }
}
