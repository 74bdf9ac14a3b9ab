package dev.millrace.features;

import static dev.millrace.transforms.expectation.Expectations.mean;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.rowCount;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.QualityJob.ColumnQuality;
import dev.millrace.features.QualityJob.Quality;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.drift.ColumnProfile;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A profile is merged from days, and is that of their rows. */
class QualityJobTest {
  private static final LocalDate FIRST = LocalDate.parse("1969-12-30");
  private static final int DAYS = 4;

  private final SparkEngine engine = TestSpark.ENGINE;

  @TempDir Path dir;
  private Workspace workspace;
  private final List<Row> rows = new ArrayList<>();

  @BeforeEach
  void ingest() {
    workspace = new Workspace(dir.resolve("workspace").toString());
    for (int i = 0; i < 400; i++) {
      Instant at = Instant.parse("1969-12-30T01:00:00Z").plusSeconds(i % DAYS * 86_400L + i);
      rows.add(
          RowFactory.create(
              i % 10 == 0 ? null : "shop" + i % 7,
              Timestamp.from(at),
              i % 20 == 0 ? Double.NaN : (double) i));
    }
    StructType schema =
        new StructType()
            .add("shop", DataTypes.StringType)
            .add("at", DataTypes.TimestampType)
            .add("spent", DataTypes.DoubleType);
    engine
        .session()
        .createDataFrame(rows, schema)
        .repartition(3)
        .write()
        .parquet(dir.resolve("visits").toString());
    new IngestJob(source()).run(engine, workspace);
  }

  private Source source() {
    return Source.parquet("visits", dir.resolve("visits").toString())
        .column("shop", STRING)
        .column("at", TIMESTAMP)
        .column("spent", DOUBLE)
        .eventTime("at")
        .build();
  }

  private static ColumnQuality column(Quality quality, String name) {
    return quality.columns().stream()
        .filter(each -> each.column().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private byte[] spread(Optional<Days> days) {
    ColumnProfile expected = new ColumnProfile();
    for (Row row : rows) {
      LocalDate day =
          row.getTimestamp(1).toInstant().atZone(java.time.ZoneOffset.UTC).toLocalDate();
      if (days.isEmpty() || days.get().contains(day)) {
        expected.add(row.getDouble(2));
      }
    }
    return expected.encode();
  }

  private static byte[] bytes(@Nullable ColumnProfile profile) {
    return Objects.requireNonNull(profile).encode();
  }

  @Test
  void theProfileOfAllDaysIsThatOfAllRows() {
    QualityJob job = new QualityJob(source());
    job.run(engine, workspace, Optional.empty());
    Quality all = job.quality(engine, workspace, Optional.empty());
    assertThat(all.days()).isEqualTo(DAYS);
    assertThat(all.rows()).isEqualTo(400);
    assertThat(column(all, "shop").present()).isEqualTo(360);
    assertThat(column(all, "shop").distinct()).isEqualTo(7);
    assertThat(column(all, "shop").spread()).isNull();
    assertThat(column(all, "at").present()).isEqualTo(400);
    assertThat(column(all, "spent").distinct()).isNull();
    assertThat(bytes(column(all, "spent").spread())).isEqualTo(spread(Optional.empty()));
  }

  @Test
  void someDaysAreReplacedAloneAndMergedAlone() {
    QualityJob job = new QualityJob(source());
    engine.run(job.plan(workspace, new Days(FIRST, FIRST.plusDays(1))));
    engine.run(job.plan(workspace, new Days(FIRST.plusDays(1), FIRST.plusDays(DAYS))));
    assertThat(engine.run(job.plan(workspace, Days.of(FIRST.plusDays(2)))).unchanged()).isTrue();
    Days some = new Days(FIRST.plusDays(1), FIRST.plusDays(3));
    Quality of = job.quality(engine, workspace, Optional.of(some));
    assertThat(of.days()).isEqualTo(2);
    assertThat(of.rows()).isEqualTo(200);
    assertThat(bytes(column(of, "spent").spread())).isEqualTo(spread(Optional.of(some)));
  }

  @Test
  void daysThatWereKeptForOtherColumnsAreNamedAndNotMerged() {
    Source more =
        Source.parquet("visits", dir.resolve("visits").toString())
            .column("shop", STRING)
            .column("at", TIMESTAMP)
            .column("spent", DOUBLE)
            .derive("much", "spent > 100")
            .eventTime("at")
            .build();
    new IngestJob(more).run(engine, workspace, Optional.of(Days.of(FIRST.plusDays(1))));
    Quality quality = new QualityJob(more).quality(engine, workspace, Optional.empty());
    assertThat(quality.days()).isEqualTo(1);
    assertThat(quality.rows()).isEqualTo(100);
    assertThat(column(quality, "much").present()).isEqualTo(100);
    assertThat(quality.stale()).containsExactly(FIRST, FIRST.plusDays(2), FIRST.plusDays(3));
    new IngestJob(more).run(engine, workspace);
    assertThat(new QualityJob(more).quality(engine, workspace, Optional.empty()).stale()).isEmpty();
  }

  private Source expecting(double most) {
    return Source.parquet("visits", dir.resolve("visits").toString())
        .column("shop", STRING)
        .column("at", TIMESTAMP)
        .column("spent", DOUBLE)
        .eventTime("at")
        .expect(notNull("shop").orQuarantine(), rowCount(1, 1000), mean("spent", 0, most).orWarn())
        .build();
  }

  private List<String> judged(Source source, Workspace of, Optional<Days> days) {
    return new QualityJob(source)
        .judged(engine, of, days).stream()
            .map(
                each -> {
                  ExpectationResult found = each.found();
                  return each.days().map(Days::toString).orElse("all")
                      + " "
                      + (found == null
                          ? "none"
                          : found.measured() == null
                              ? found.breaches() + " break it"
                              : found.measured().name() + " " + found.measured().value());
                })
            .toList();
  }

  @Test
  void whatRunsFoundIsReadFromTheirCommits() {
    Workspace of = new Workspace(dir.resolve("judged").toString());
    Source source = expecting(5);
    assertThat(judged(source, of, Optional.empty())).isEmpty();
    IngestJob ingest = new IngestJob(source);
    ingest.run(engine, of, Optional.of(Days.of(FIRST.plusDays(1))));
    ingest.run(engine, of, Optional.of(Days.of(FIRST)));
    List<String> first =
        List.of(
            "1969-12-30 20 break it",
            "1969-12-30 row count 80.0",
            "1969-12-30 mean of spent 200.0");
    List<String> second =
        List.of(
            "1969-12-31 0 break it",
            "1969-12-31 row count 100.0",
            "1969-12-31 mean of spent 199.0");
    assertThat(judged(source, of, Optional.empty())).isEqualTo(first);
    assertThat(judged(source, of, Optional.of(Days.of(FIRST.plusDays(1))))).isEqualTo(second);
    assertThat(judged(source, of, Optional.of(new Days(FIRST, FIRST.plusDays(9)))))
        .isEqualTo(Stream.concat(first.stream(), second.stream()).toList());
    assertThat(judged(source, of, Optional.of(Days.of(FIRST.minusDays(1))))).isEmpty();

    ingest.run(engine, of);
    assertThat(judged(source, of, Optional.of(Days.of(FIRST))))
        .hasSize(3)
        .startsWith("all 40 break it", "all row count 360.0");
    assertThat(judged(source(), workspace, Optional.empty())).isEmpty();
    assertThat(judged(source, workspace, Optional.empty()))
        .containsExactly("all none", "all none", "all none");
  }
}
