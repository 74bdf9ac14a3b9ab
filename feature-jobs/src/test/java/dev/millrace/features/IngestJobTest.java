package dev.millrace.features;

import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.rowCount;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes into a log, what is set aside, and what is judged again. */
class IngestJobTest {
  private final SparkEngine engine = TestSpark.ENGINE;

  @TempDir Path dir;
  private Workspace workspace;
  private Visits visits;

  @BeforeEach
  void open() {
    workspace = new Workspace(dir.resolve("workspace").toString());
    visits = new Visits(dir.resolve("visits"));
  }

  @Test
  void aDayIngestedTwiceIsTheSameAndSetsAsideTheSame() {
    List<Row> rows = new ArrayList<>(Visits.drawn(0));
    rows.add(Visits.visit("late", null, 1.0));
    rows.add(Visits.visit(null, Instant.parse("2024-01-02T10:00:00Z"), 2.0));
    rows.add(Visits.visit(null, Instant.parse("2024-01-03T10:00:00Z"), 3.0));
    visits.write(engine, rows, 1);
    IngestJob ingest = new IngestJob(visits.source());
    WriteReport whole = ingest.run(engine, workspace);
    List<Row> log = Visits.log(engine, workspace);
    assertThat(aside()).containsExactly("null 1.0", "2024-01-02 2.0", "2024-01-03 3.0");

    workspace = new Workspace(dir.resolve("other").toString());
    WriteReport second = engine.run(ingest.plan(workspace, Days.of(Visits.FIRST.plusDays(1))));
    assertThat(aside()).containsExactly("null 1.0", "2024-01-02 2.0");
    assertThat(engine.run(ingest.plan(workspace, Days.of(Visits.FIRST.plusDays(1)))))
        .isEqualTo(second.unchanged(true));
    engine.run(ingest.plan(workspace, new Days(Visits.FIRST, Visits.FIRST.plusDays(Visits.DAYS))));
    assertThat(aside()).containsExactly("null 1.0", "2024-01-02 2.0", "2024-01-03 3.0");
    assertThat(Visits.log(engine, workspace)).isEqualTo(log).hasSize(Math.toIntExact(whole.rows()));
  }

  private Source strict(double most) {
    return visits
        .columns()
        .expect(notNull("shop").orQuarantine(), between("spent", -9, most).orQuarantine())
        .expect(unique("shop", "at", "spent").orQuarantine())
        .build();
  }

  @Test
  void rowsSetAsideAreReplayedWhenTheRuleIsMended() {
    List<Row> rows = new ArrayList<>(Visits.drawn(0));
    rows.add(Visits.drawn(0).get(0));
    rows.add(Visits.visit(null, Instant.parse("2024-01-02T10:00:00Z"), 2.0));
    rows.add(Visits.visit("late", null, 1.0));
    visits.write(engine, rows, 1);
    new IngestJob(strict(9)).run(engine, workspace);
    List<Row> wanted = Visits.log(engine, workspace);
    List<String> wantedAside = aside();
    assertThat(wantedAside).hasSize(3);

    workspace = new Workspace(dir.resolve("other").toString());
    WriteReport first = new IngestJob(strict(0)).run(engine, workspace);
    assertThat(first.quarantined()).isGreaterThan(200);
    IngestJob mended = new IngestJob(strict(9));
    WriteReport some =
        mended.replay(
            engine, workspace, Optional.of(new Days(Visits.FIRST, Visits.FIRST.plusDays(2))));
    assertThat(some.unchanged()).isFalse();
    assertThat(Visits.log(engine, workspace).size())
        .isBetween((int) first.rows() + 1, wanted.size() - 1);
    WriteReport all = mended.replay(engine, workspace, Optional.empty());
    assertThat(Visits.log(engine, workspace)).isEqualTo(wanted);
    assertThat(aside()).isEqualTo(wantedAside);
    assertThat(new QualityJob(strict(9)).quality(engine, workspace, Optional.empty()).rows())
        .isEqualTo(all.rows());
    assertThat(mended.replay(engine, workspace, Optional.empty())).isEqualTo(all.unchanged(true));
  }

  @Test
  void aReplayThatWasStoppedBeforeTheQuarantineWasWrittenGoesOn() {
    visits.write(engine, Visits.drawn(0), 1);
    new IngestJob(strict(9)).run(engine, workspace);
    List<Row> wanted = Visits.log(engine, workspace);
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
    assertThat(Visits.log(engine, workspace)).isEqualTo(wanted);
  }

  /** A replay of all that was stopped: the log is written, the quarantine is as it was. */
  private void stopped(IngestJob replayed) {
    Path quarantine = Path.of(replayed.quarantine(workspace));
    Path saved = dir.resolve("saved");
    copy(quarantine, saved);
    replayed.replay(engine, workspace, Optional.empty());
    copy(saved, quarantine);
    assertThat(aside()).isNotEmpty();
  }

  @Test
  void aReplayThatWasStoppedIsNotTakenTwiceWhereOthersRanSince() {
    visits.write(engine, Visits.drawn(0), 1);
    new IngestJob(strict(9)).run(engine, workspace);
    List<Row> wanted = Visits.log(engine, workspace);
    workspace = new Workspace(dir.resolve("other").toString());
    new IngestJob(strict(0)).run(engine, workspace);
    IngestJob mended = new IngestJob(strict(9));
    stopped(mended);

    mended.run(engine, workspace, Optional.of(Days.of(Visits.FIRST.plusDays(1))));
    mended.replay(engine, workspace, Optional.empty());
    assertThat(aside()).isEmpty();
    assertThat(Visits.log(engine, workspace)).isEqualTo(wanted);
  }

  @Test
  void aReplayThatWasStoppedGoesOnByItsOwnDefinitionAlone() {
    visits.write(engine, Visits.drawn(0), 1);
    new IngestJob(strict(0)).run(engine, workspace);
    stopped(new IngestJob(strict(5)));
    List<Row> log = Visits.log(engine, workspace);

    IngestJob mended = new IngestJob(strict(9));
    Optional<Days> day = Optional.of(Days.of(Visits.FIRST.plusDays(1)));
    assertThatThrownBy(() -> mended.replay(engine, workspace, day))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot build on the log of source 'visits': its last run, of all days, was stopped"
                + " before it set rows aside, and rows would be taken twice. Run it again as it"
                + " was, or ingest its days again.");
    assertThatThrownBy(() -> mended.run(engine, workspace, day))
        .isInstanceOf(MillraceException.class);
    assertThat(Visits.log(engine, workspace)).isEqualTo(log);
    mended.run(engine, workspace);
    assertThat(aside()).isEmpty();
  }

  @Test
  void aDayIsIngestedAndReplayedOnceItsSourceIsToBeFollowed() {
    List<Row> rows = new ArrayList<>(Visits.drawn(0));
    rows.add(Visits.visit(null, Instant.parse("2024-01-02T10:00:00Z"), 2.0));
    rows.add(Visits.visit(null, Instant.parse("2024-01-03T10:00:00Z"), 3.0));
    visits.write(engine, rows, 1);
    new IngestJob(visits.source()).run(engine, workspace);
    List<Row> log = Visits.log(engine, workspace);
    IngestJob followed =
        new IngestJob(
            visits.columns().expect(notNull("shop").orQuarantine()).stream(
                    new Location.Files(Location.Files.Format.JSON, dir.resolve("inbox").toString()))
                .build());
    Days day = Days.of(Visits.FIRST.plusDays(1));
    followed.replay(engine, workspace, Optional.of(day));
    followed.run(engine, workspace, Optional.of(day));
    assertThat(aside()).containsExactly("2024-01-02 2.0", "2024-01-03 3.0");
    assertThat(Visits.log(engine, workspace)).isEqualTo(log);
  }

  @Test
  void aDayWithoutRowsIsIngestedAlone() {
    List<Row> rows = new ArrayList<>(Visits.drawn(0));
    Optional<Days> empty = Optional.of(Days.of(Visits.FIRST.minusDays(1)));
    visits.write(engine, rows, 1);
    IngestJob ingest = new IngestJob(strict(9));
    WriteReport first = ingest.run(engine, workspace, empty);
    assertThat(first.rows()).isZero();
    assertThat(first.unchanged()).isFalse();
    assertThat(ingest.run(engine, workspace, empty)).isEqualTo(first.unchanged(true));
    assertThat(Visits.log(engine, workspace)).isEmpty();
    assertThat(aside()).isEmpty();
    QualityJob.Quality quality = new QualityJob(strict(9)).quality(engine, workspace, empty);
    assertThat(quality.rows()).isZero();

    ingest.run(engine, workspace, Optional.of(Days.of(Visits.FIRST)));
    List<Row> log = Visits.log(engine, workspace);
    assertThat(log).isNotEmpty();
    assertThat(ingest.run(engine, workspace, empty)).isEqualTo(first.unchanged(true));
    ingest.run(engine, workspace, Optional.of(Days.of(Visits.FIRST.plusDays(Visits.DAYS))));
    assertThat(Visits.log(engine, workspace)).isEqualTo(log);
  }

  @Test
  void aDayWhoseRowsAreGoneIsEmpty() {
    visits.write(engine, Visits.drawn(0), 1);
    IngestJob ingest = new IngestJob(strict(9));
    Optional<Days> days = Optional.of(Days.of(Visits.FIRST));
    assertThat(ingest.run(engine, workspace, days).rows()).isPositive();
    visits.write(engine, List.of(Visits.visit("s", Instant.parse("2024-01-02T10:00:00Z"), 2.0)), 1);
    assertThat(ingest.run(engine, workspace, days).rows()).isZero();
    assertThat(Visits.log(engine, workspace)).isEmpty();
    assertThat(new QualityJob(strict(9)).quality(engine, workspace, days).rows()).isZero();
  }

  @Test
  void aDayWithoutRowsIsRefusedWhereItsCountIsExpected() {
    visits.write(engine, Visits.drawn(0), 1);
    IngestJob ingest = new IngestJob(visits.columns().expect(rowCount(1, 999)).build());
    ingest.run(engine, workspace, Optional.of(Days.of(Visits.FIRST)));
    List<Row> log = Visits.log(engine, workspace);
    Optional<Days> empty = Optional.of(Days.of(Visits.FIRST.minusDays(1)));
    assertThatThrownBy(() -> ingest.run(engine, workspace, empty))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("row count is outside [1, 999]: 0");
    assertThat(Visits.log(engine, workspace)).isEqualTo(log);
  }

  private IngestJob timed(String time) {
    return new IngestJob(
        visits
            .columns()
            .derive("happened", time)
            .eventTime("happened")
            .expect(notNull("shop").orQuarantine())
            .build());
  }

  @Test
  void rowsThatAreOfOtherDaysByNowAreNotLost() {
    List<Row> rows = new ArrayList<>(Visits.drawn(0));
    rows.add(Visits.visit("late", null, 1.0));
    rows.add(Visits.visit(null, null, 2.0));
    rows.add(Visits.visit(null, Instant.parse("2024-01-06T10:00:00Z"), 3.0));
    visits.write(engine, rows, 1);
    timed("at").run(engine, workspace);
    List<Row> log = Visits.log(engine, workspace);
    List<String> aside = aside();
    assertThat(aside).containsExactly("null 1.0", "null 2.0", "2024-01-06 3.0");
    Optional<Days> day = Optional.of(Days.of(Visits.FIRST.plusDays(1)));

    IngestJob mended = timed("coalesce(at, timestamp'2024-01-04T10:00:00Z')");
    assertThatThrownBy(() -> mended.replay(engine, workspace, day))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot replay 2024-01-02 of source 'visits': by the event time of now some of these"
                + " rows are of 2024-01-04, and would be lost."
                + " Replay days that include those too, or all.");
    assertThatThrownBy(() -> timed("at + interval 1 day").replay(engine, workspace, day))
        .hasMessageContaining("some of these rows are of 2024-01-03, and would be lost");
    assertThat(Visits.log(engine, workspace)).isEqualTo(log);
    assertThat(aside()).isEqualTo(aside);

    assertThat(timed("at + interval 0 days").replay(engine, workspace, day).unchanged()).isFalse();
    assertThat(aside()).isEqualTo(aside);
    Days more = new Days(Visits.FIRST.plusDays(1), Visits.FIRST.plusDays(4));
    mended.replay(engine, workspace, Optional.of(more));
    assertThat(aside()).containsExactly("2024-01-04 2.0", "2024-01-06 3.0");
    assertThat(Visits.log(engine, workspace)).hasSize(log.size() + 1);
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

  private List<String> aside() {
    return engine
        .session()
        .read()
        .format("delta")
        .load(new IngestJob(visits.source()).quarantine(workspace))
        .orderBy("event_day", "spent")
        .selectExpr("concat_ws(' ', coalesce(string(event_day), 'null'), spent)")
        .as(Encoders.STRING())
        .collectAsList();
  }
}
