package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaSinkTest {
  private static final Schema SALES =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("spent", PrimitiveType.DOUBLE),
          new Column("sold_at", PrimitiveType.TIMESTAMP),
          new Column("day", PrimitiveType.DATE));

  @TempDir Path dir;
  private final BeamEngine engine = Direct.engine();
  private String table = "";

  @BeforeEach
  void name() {
    table = dir.resolve("sales").toString();
  }

  private static List<@Nullable Object> sale(String shop, double spent, int day) {
    LocalDate date = LocalDate.of(2001, 1, day);
    return Arrays.asList(shop, spent, Instant.parse(date + "T10:00:00.000001Z"), date);
  }

  private Scan held(List<List<@Nullable Object>> sales) {
    engine.hold("sales", new Rows(SALES, sales));
    return new Scan(new Location.Memory("sales"), SALES);
  }

  private static Sink.Delta byDay(String path) {
    return new Sink.Delta(path, List.of("day"), Optional.empty());
  }

  private static Sink.Delta days(String path, int from, int to) {
    return new Sink.Delta(
        path,
        List.of("day"),
        Optional.of(Interval.days("day", LocalDate.of(2001, 1, from), LocalDate.of(2001, 1, to))));
  }

  private List<List<@Nullable Object>> read() {
    return engine.collect(new Scan(Location.DeltaTable.at(table), SALES)).values();
  }

  @Test
  void writesPartitionsAndReadsThemBack() {
    WriteReport report =
        engine.run(new Write(held(List.of(sale("a", 1.5, 1), sale("b", -0.0, 2))), byDay(table)));

    assertThat(report.rows()).isEqualTo(2);
    assertThat(report.unchanged()).isFalse();
    assertThat(read()).containsExactlyInAnyOrder(sale("a", 1.5, 1), sale("b", -0.0, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"my sales", "50% of sales", "a%20b"})
  void aPathMayHaveBlanksAndPercents(String name) {
    table = dir.resolve(name).resolve("table").toString();
    String files = dir.resolve(name).resolve("files").toString();
    Scan rows = held(List.of(sale("a", 1.5, 1)));
    assertThat(engine.run(new Write(rows, byDay(table))).rows()).isEqualTo(1);
    assertThat(engine.run(new Write(rows, new Sink.Parquet(files))).rows()).isEqualTo(1);
    Location written = new Location.Files(Location.Files.Format.PARQUET, files);

    assertThat(read()).containsExactly(sale("a", 1.5, 1));
    assertThat(engine.collect(new Scan(written, SALES)).values())
        .containsExactly(sale("a", 1.5, 1));
  }

  @Test
  void findsItselfDone() {
    Write write = new Write(held(List.of(sale("a", 1.5, 1))), byDay(table));
    assertThat(engine.standing(List.of(write))).containsExactly(Standing.MISSING);
    WriteReport first = engine.run(write);
    WriteReport second = engine.run(write);

    assertThat(second.unchanged()).isTrue();
    assertThat(second.version()).isEqualTo(first.version());
    assertThat(second.rows()).isEqualTo(1);
    assertThat(engine.standing(List.of(write))).containsExactly(Standing.CURRENT);
  }

  @Test
  void aCommitThatReplacesIsNoBlindAppend() {
    var unused = engine.run(new Write(held(List.of(sale("a", 1.5, 1))), byDay(table)));

    assertThat(dir.resolve("sales/_delta_log/00000000000000000000.json"))
        .content()
        .contains("\"isBlindAppend\":false");
  }

  @Test
  void replacesTheWholeTable() {
    var unused =
        engine.run(new Write(held(List.of(sale("a", 1.5, 1), sale("b", 2.0, 2))), byDay(table)));
    var second = engine.run(new Write(held(List.of(sale("c", 3.0, 3))), byDay(table)));

    assertThat(second.version()).isEqualTo("1");
    assertThat(read()).containsExactly(sale("c", 3.0, 3));
    Scan before = new Scan(Location.DeltaTable.at(table).asOf(0), SALES);
    assertThat(engine.collect(before).values()).hasSize(2);
  }

  @Test
  void replacesTheDaysOfAnIntervalAlone() {
    var unused =
        engine.run(new Write(held(List.of(sale("a", 1.5, 1), sale("b", 2.0, 2))), byDay(table)));
    var second = engine.run(new Write(held(List.of(sale("c", 3.0, 2))), days(table, 2, 3)));

    assertThat(second.rows()).isEqualTo(1);
    assertThat(read()).containsExactlyInAnyOrder(sale("a", 1.5, 1), sale("c", 3.0, 2));
  }

  @Test
  void anIntervalOfNoPartitionsIsRefused() {
    Sink.Delta sink =
        new Sink.Delta(
            table,
            List.of(),
            Optional.of(Interval.days("day", LocalDate.of(2001, 1, 1), LocalDate.of(2001, 1, 2))));
    assertThatThrownBy(() -> engine.run(new Write(held(List.of(sale("a", 1.5, 1))), sink)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("not partitioned by that column");
  }

  @Test
  void anIntervalWithinDaysIsRefused() {
    Sink.Delta sink =
        new Sink.Delta(
            table,
            List.of("sold_at"),
            Optional.of(
                new Interval(
                    "sold_at",
                    Instant.parse("2001-01-01T06:00:00Z"),
                    Instant.parse("2001-01-01T12:00:00Z"))));
    assertThatThrownBy(() -> engine.run(new Write(held(List.of(sale("a", 1.5, 1))), sink)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("replaces whole days")
        .hasMessageContaining("run the plan with Spark");
  }

  @Test
  void rowsWithoutATimeAreSetAsideOnceOfAnInterval() {
    String aside = dir.resolve("aside").toString();
    Schema shops = Schema.of(SALES.column("shop"));
    for (String shop : List.of("a", "b")) {
      Node judged =
          new Expect(
              "the sales",
              held(List.of(sale("c", 2.0, 1), Arrays.asList(shop, 1.0, null, null))),
              List.of(Expectations.notNull("day").orQuarantine()),
              days(aside, 1, 2));
      assertThat(engine.run(new Write(judged, days(table, 1, 2))).quarantined()).isEqualTo(1);
      assertThat(engine.collect(new Scan(Location.DeltaTable.at(aside), shops)).values())
          .containsExactly(List.of(shop));
    }
  }

  @Test
  void otherColumnsAreRefused() {
    var unused = engine.run(new Write(held(List.of(sale("a", 1.5, 1))), byDay(table)));
    Schema other = Schema.of(new Column("day", PrimitiveType.DATE));
    engine.hold("others", new Rows(other, List.of(List.of(LocalDate.of(2001, 1, 1)))));
    Write write = new Write(new Scan(new Location.Memory("others"), other), byDay(table));

    assertThatThrownBy(() -> engine.run(write))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("changes no columns");
    assertThat(read()).containsExactly(sale("a", 1.5, 1));
  }

  @Test
  void otherPartitionsAreRefused() {
    var unused = engine.run(new Write(held(List.of(sale("a", 1.5, 1))), byDay(table)));
    Write write = new Write(held(List.of(sale("b", 2.0, 1))), Sink.Delta.whole(table));

    assertThatThrownBy(() -> engine.run(write))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("it is partitioned by [day], the rows by []");
    assertThat(read()).containsExactly(sale("a", 1.5, 1));
  }

  @Test
  void aCommitThatLostARaceIsNotPutBehindTheWinner() {
    Node rows = held(List.of(sale("a", 1.5, 1)));
    var unused = engine.run(new Write(rows, byDay(table)));
    var engineOfKernel = new OneCommit(DeltaSnapshot.library(), 1, "");
    var late =
        io.delta.kernel.Table.forPath(engineOfKernel, table)
            .createTransactionBuilder(engineOfKernel, "test", io.delta.kernel.Operation.WRITE)
            .build(engineOfKernel);
    var winner = engine.run(new Write(held(List.of(sale("b", 2.0, 1))), byDay(table)));

    assertThat(winner.version()).isEqualTo("1");
    assertThatThrownBy(
            () ->
                late.commit(
                    engineOfKernel, io.delta.kernel.utils.CloseableIterable.emptyIterable()))
        .hasStackTraceContaining(OneCommit.Taken.class.getName());
    assertThat(read()).containsExactly(sale("b", 2.0, 1));
  }

  /** Begins a table as a stream does, and adds a batch. */
  private static void stream(String path, Schema schema, List<String> partitionBy) {
    Account.Stream first =
        new Account.Stream(1, Map.of(0, 1L), null, 1, "", 1, 0, Map.of(), null, null);
    String account = new Account(List.of(), List.of(), Map.of(), first).toJson();
    assertThat(
            DeltaBatches.to(path, schema, partitionBy)
                .append(List.of(), OptionalLong.empty(), 1, account))
        .isTrue();
  }

  @Test
  void aWholeWriteDoesNotTakeAStreamsRowsAway() {
    stream(table, SALES, List.of("day"));
    Write whole = new Write(held(List.of(sale("a", 1.5, 1))), byDay(table));

    assertThatThrownBy(() -> engine.run(whole))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot replace all of "
                + table
                + ": a stream goes into it, and what it brought would be gone. Write some days of"
                + " it, with --from and --to, or use another folder.");
    Write some = new Write(held(List.of(sale("a", 1.5, 1))), days(table, 1, 2));
    assertThat(engine.run(some).rows()).isEqualTo(1);
  }

  @Test
  void whatAStreamSetAsideIsNotReplaced() {
    String aside = dir.resolve("aside").toString();
    Expect judged =
        new Expect(
            "the sales",
            held(List.of(sale("a", -1.0, 1), sale("b", 2.0, 1))),
            List.of(Expectations.between("spent", 0, 100).orQuarantine()),
            aside);
    stream(aside, Judged.asideSchema(judged), List.of());

    assertThatThrownBy(() -> engine.run(new Write(judged, byDay(table))))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot replace all of " + aside + ": a stream goes into it");
    assertThatThrownBy(this::read).hasMessageContaining("there is no Delta table");
  }

  /** Of a run that builds on the table as it is now. */
  private DeltaCommit begun(Sink.Delta sink, String data) {
    Account.Part part = Account.Part.of(sink.interval(), new PlanIdentity("a plan", data));
    return new DeltaCommit(
        sink,
        SALES,
        false,
        new Account(List.of(part), List.of(), Map.of()),
        TableHistory.ReadVersion.of(
            held(List.of()), table, none -> OptionalLong.empty(), DeltaLogFiles.history(table)));
  }

  @Test
  void whatAnotherBroughtSinceARunBeganIsNotReplaced() {
    DeltaCommit whole = begun(byDay(table), "of before the stream");
    stream(table, SALES, List.of("day"));
    assertThatThrownBy(() -> whole.commit(List.of()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("a stream goes into it");

    DeltaCommit first = begun(days(table, 1, 2), "of the first");
    DeltaCommit second = begun(days(table, 2, 3), "of the second");
    var unused = engine.run(new Write(held(List.of(sale("a", 1.5, 1))), days(table, 1, 2)));
    assertThat(second.commit(List.of()).rows()).isZero();
    assertThatThrownBy(() -> first.commit(List.of()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("another run wrote the table meanwhile");
    Node before = new Scan(Location.DeltaTable.at(table).asOf(1), SALES);
    assertThatThrownBy(() -> engine.run(new Write(before, days(table, 1, 2))))
        .hasStackTraceContaining("another run wrote the table meanwhile");
    assertThat(read()).containsExactly(sale("a", 1.5, 1));
  }

  @Test
  void aDayIsFoundDoneAfterOthers() {
    Write first = new Write(held(List.of(sale("a", 1.5, 1))), days(table, 1, 2));
    WriteReport report = engine.run(first);
    engine.hold("other", new Rows(SALES, List.of(sale("b", 2.0, 2))));
    Scan other = new Scan(new Location.Memory("other"), SALES);
    var unused = engine.run(new Write(other, days(table, 2, 3)));

    assertThat(engine.standing(List.of(first))).containsExactly(Standing.CURRENT);
    assertThat(engine.run(first)).isEqualTo(report.unchanged(true));
  }

  @Test
  void aStreamGoesIntoThePartitionsThatATableHas() {
    stream(table, SALES, List.of("day"));
    assertThat(DeltaBatches.to(table, SALES, List.of()).partitionBy()).containsExactly("day");
    assertThatThrownBy(() -> DeltaBatches.to(table, SALES, List.of("shop")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("it is partitioned by [day], the rows by [shop]");
  }

  @Test
  void aFailedGatePublishesNothing() {
    var unused = engine.run(new Write(held(List.of(sale("a", 1.5, 1))), byDay(table)));
    Node bad =
        new Expect(
            "the sales",
            held(List.of(sale("a", -1.0, 1), sale("b", 2.0, 1))),
            List.of(Expectations.between("spent", 0, 100).orFail()),
            dir.resolve("aside").toString());

    assertThatThrownBy(() -> engine.run(new Write(bad, byDay(table))))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Nothing was published");
    assertThat(read()).containsExactly(sale("a", 1.5, 1));
    assertThat(dir.resolve("aside")).doesNotExist();
  }

  @Test
  void badRowsGoAsideWithReasonsAndTheReportCountsThem() {
    Node judged =
        new Expect(
            "the sales",
            held(List.of(sale("a", -1.0, 1), sale("b", 2.0, 1))),
            List.of(Expectations.between("spent", 0, 100).orQuarantine()),
            dir.resolve("aside").toString());
    WriteReport report = engine.run(new Write(judged, byDay(table)));

    assertThat(report.quarantined()).isEqualTo(1);
    assertThat(read()).containsExactly(sale("b", 2.0, 1));
    Scan aside =
        new Scan(
            Location.DeltaTable.at(dir.resolve("aside").toString()),
            Schema.of(
                new Column("shop", PrimitiveType.STRING),
                new Column(
                    "reasons", new dev.millrace.transforms.type.ArrayType(PrimitiveType.STRING))));
    assertThat(engine.collect(aside).values().toString())
        .contains("a")
        .contains("spent")
        .contains("-1.0");
  }

  @Test
  void whatIsCollectedOfOtherDataIsSetAsideToo() {
    String aside = dir.resolve("aside").toString();
    Schema shops = Schema.of(SALES.column("shop"));
    for (String shop : List.of("a", "b")) {
      Node judged =
          new Expect(
              "the sales",
              held(List.of(sale(shop, -1.0, 1), sale("c", 2.0, 1))),
              List.of(Expectations.between("spent", 0, 100).orQuarantine()),
              aside);
      assertThat(engine.collect(judged).values()).containsExactly(sale("c", 2.0, 1));
      assertThat(engine.collect(new Scan(Location.DeltaTable.at(aside), shops)).values())
          .containsExactly(List.of(shop));
    }
  }

  @Test
  void boundsOfEarlierRunsAreRefusedAndNotPassed() {
    Node judged =
        new Expect(
            "the sales",
            held(List.of(sale("a", 1.0, 1))),
            List.of(
                Expectations.steady(
                        "rows", dev.millrace.transforms.aggregation.Aggregations.count(), 0.5, 2)
                    .orFail()),
            dir.resolve("aside").toString());
    assertThatThrownBy(() -> engine.run(new Write(judged, byDay(table))))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("made of earlier runs");
  }

  @Test
  void aTableThatIsNotThereIsNamed() {
    assertThatThrownBy(this::read)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot read delta " + table);
  }
}
