package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static dev.millrace.pipelines.spark.TestSpark.visit;
import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaSinkTest {
  @TempDir Path dir;

  private static List<Row> dirty() {
    return List.of(
        visit("a", "2024-03-01T10:00:00Z", 1.0),
        visit("a", "2024-03-01T10:00:00Z", 1.0),
        visit(null, "2024-03-01T11:00:00Z", 2.0),
        visit("b", "2024-03-01T12:00:00Z", 5000.0),
        visit("b", "2024-03-01T13:00:00Z", null));
  }

  private Expect expect(Node input) {
    return new Expect(
        "source 'visits'",
        input,
        List.of(
            notNull("shop").orQuarantine(),
            between("spent", 0, 1000).orQuarantine(),
            unique("shop", "at", "spent").orQuarantine()),
        dir.resolve("quarantine").toString());
  }

  private Sink.Delta table() {
    return Sink.Delta.whole(dir.resolve("table").toString());
  }

  @Test
  void setsBadRowsAsideWithTheirReasonsAndLetsTheRestPass() {
    Node visits = TestSpark.visits(dir.resolve("visits"), dirty());
    WriteReport report = ENGINE.run(new Write(expect(visits), table()));
    assertThat(report.rows()).isEqualTo(2);
    assertThat(report.quarantined()).isEqualTo(3);
    assertThat(report.expectations().stream().map(WriteReport.ExpectationResult::breaches))
        .containsExactly(1L, 1L, 1L);
    List<Row> quarantined =
        ENGINE
            .session()
            .read()
            .format("delta")
            .load(dir.resolve("quarantine").toString())
            .orderBy("at")
            .selectExpr("shop", "reasons[0]")
            .collectAsList();
    assertThat(quarantined)
        .map(row -> row.getString(0) + ": " + row.getString(1))
        .containsExactly(
            "a: duplicate of another row in (shop, at, spent)",
            "null: shop is null",
            "b: spent is outside [0, 1000]: 5000.0");
  }

  @Test
  void aSecondRunOfTheSamePlanWritesNothing() {
    Node visits = TestSpark.visits(dir.resolve("visits"), dirty());
    Write write = new Write(expect(visits), table());
    WriteReport first = ENGINE.run(write);
    WriteReport second = ENGINE.run(write);
    assertThat(first.unchanged()).isFalse();
    assertThat(second).isEqualTo(first.unchanged(true));
    TestSpark.visits(dir.resolve("visits"), dirty().subList(0, 2));
    WriteReport changed = ENGINE.run(write);
    assertThat(changed.unchanged()).isFalse();
    assertThat(changed.rows()).isEqualTo(1);
    assertThat(changed.version()).isEqualTo("1");
  }

  @Test
  void aTableThatWasMadeAnewIsOtherData() throws IOException {
    Location.DeltaTable source = Location.DeltaTable.at(dir.resolve("source").toString());
    append(source, 1.0);
    Write copy = new Write(new Scan(source, TestSpark.VISITS), table());
    ENGINE.run(copy);
    assertThat(ENGINE.standing(List.of(copy))).containsExactly(Standing.CURRENT);
    FileUtils.deleteDirectory(dir.resolve("source").toFile());
    append(source, 2.0);
    assertThat(ENGINE.standing(List.of(copy))).containsExactly(Standing.DATA_CHANGED);
    assertThat(ENGINE.run(copy).unchanged()).isFalse();
  }

  @Test
  void anIntervalIsReplacedAloneAndWhole() {
    List<Row> rows =
        List.of(visit("a", "2024-03-01T10:00:00Z", 1.0), visit("a", "2024-03-02T10:00:00Z", 2.0));
    Node first = TestSpark.visits(dir.resolve("first"), rows.subList(0, 1));
    Node second = TestSpark.visits(dir.resolve("second"), rows.subList(1, 2));
    ENGINE.run(new Write(first, day("2024-03-01T00:00:00Z")));
    ENGINE.run(new Write(second, day("2024-03-02T00:00:00Z")));
    assertThat(ENGINE.run(new Write(first, day("2024-03-01T00:00:00Z"))).unchanged()).isTrue();
    Node table =
        new Scan(Location.DeltaTable.at(dir.resolve("table").toString()), TestSpark.VISITS);
    assertThat(ENGINE.collect(table).column("spent")).containsExactlyInAnyOrder(1.0, 2.0);
  }

  @Test
  void anIntervalWithoutRowsIsDoneOnce() {
    Node none = TestSpark.visits(dir.resolve("none"), List.of());
    for (String start : List.of("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z")) {
      Write write = new Write(none, day(start));
      WriteReport report = ENGINE.run(write);
      assertThat(report.rows()).isZero();
      assertThat(report.unchanged()).isFalse();
      assertThat(ENGINE.standing(List.of(write))).containsExactly(Standing.CURRENT);
      assertThat(ENGINE.run(write)).isEqualTo(report.unchanged(true));
    }
    Node some =
        TestSpark.visits(dir.resolve("some"), List.of(visit("a", "2024-03-01T10:00:00Z", 1.0)));
    assertThat(ENGINE.run(new Write(some, day("2024-03-01T00:00:00Z"))).rows()).isEqualTo(1);
    assertThat(ENGINE.standing(List.of(new Write(none, day("2024-03-02T00:00:00Z")))))
        .containsExactly(Standing.CURRENT);
    WriteReport emptied = ENGINE.run(new Write(none, day("2024-03-01T00:00:00Z")));
    assertThat(emptied.version()).isEqualTo("3");
    assertThat(rowsAt(table(), 3)).isZero();
  }

  private void write(String name, String time, double spent) {
    Node rows = TestSpark.visits(dir.resolve(name), List.of(visit("a", time, spent)));
    ENGINE.run(new Write(rows, day(time.substring(0, 10) + "T00:00:00Z")));
  }

  @Test
  void whatWasWrittenSinceTheVersionThatARunReadsIsNotReplaced() {
    Location.DeltaTable table = Location.DeltaTable.at(table().path());
    write("first", "2024-03-01T10:00:00Z", 1.0);
    Node first = new Scan(table.asOf(0), TestSpark.VISITS);
    write("second", "2024-03-02T10:00:00Z", 2.0);
    WriteReport kept = ENGINE.run(new Write(first, day("2024-03-01T00:00:00Z")));
    assertThat(kept.unchanged()).isFalse();
    write("third", "2024-03-01T11:00:00Z", 3.0);
    assertThatThrownBy(() -> ENGINE.run(new Write(first, day("2024-03-01T00:00:00Z"))))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot write "
                + table().path()
                + ", at from 2024-03-01T00:00:00Z to 2024-03-02T00:00:00Z: another run wrote the"
                + " table meanwhile. Nothing of this run was written. Run it again: it builds on"
                + " what the other left.");
    assertThat(ENGINE.collect(new Scan(table, TestSpark.VISITS)).column("spent"))
        .containsExactlyInAnyOrder(2.0, 3.0);
  }

  @Test
  void whatAStreamSetAsideIsNotReplacedByARunOfAll() {
    Account.Stream batch =
        new Account.Stream(1, Map.of(0, 1L), null, 1, "", 1, 0, Map.of(), null, null);
    Expect judged = expect(TestSpark.visits(dir.resolve("visits"), dirty()));
    DeltaAppend.to(ENGINE.session(), judged.quarantine().path(), aside(), List.of(), Runnable::run)
        .append(
            List.of(),
            OptionalLong.empty(),
            1,
            new Account(List.of(), List.of(), Map.of(), batch).toJson());
    assertThatThrownBy(() -> ENGINE.run(new Write(judged, table())))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot replace all of " + judged.quarantine().path() + ": a stream goes into it");
    assertThat(dir.resolve("table")).doesNotExist();
  }

  private static Schema aside() {
    return TestSpark.VISITS.and(
        List.of(
            new Column("reasons", new ArrayType(PrimitiveType.STRING)),
            new Column("run_id", PrimitiveType.STRING)));
  }

  private Sink.Delta day(String start) {
    Instant from = Instant.parse(start);
    return new Sink.Delta(
        dir.resolve("table").toString(),
        List.of(),
        Optional.of(new Interval("at", from, from.plusSeconds(86_400))));
  }

  @Test
  void aFailedGatePublishesNothing() {
    Node visits = TestSpark.visits(dir.resolve("visits"), dirty());
    Expect strict =
        new Expect(
            "source 'visits'",
            visits,
            List.of(notNull("shop").orFail()),
            dir.resolve("quarantine").toString());
    assertThatThrownBy(() -> ENGINE.run(new Write(strict, table())))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("The data of source 'visits' does not hold what is expected of it")
        .hasMessageContaining("shop is null")
        .hasMessageEndingWith(
            "Nothing was published. Mend the data, or quarantine such rows with orQuarantine().");
    assertThat(dir.resolve("table")).doesNotExist();
  }

  @Test
  void namesEveryColumnThatIsMissingOrOfAnotherType() {
    TestSpark.visits(dir.resolve("visits"), dirty());
    Scan scan =
        new Scan(
            new Location.Files(Location.Files.Format.PARQUET, dir.resolve("visits").toString()),
            Schema.of(
                new Column("shop", PrimitiveType.LONG), new Column("spend", PrimitiveType.DOUBLE)));
    assertThatThrownBy(() -> ENGINE.collect(scan))
        .hasMessageStartingWith("2 problems in parquet ")
        .hasMessageContaining("is a string: the source declares it as bigint")
        .hasMessageContaining("Cannot resolve column 'spend'")
        .hasMessageContaining("known are [shop, at, spent]. Did you mean 'spent'?");
  }

  @Test
  void aFileThatLacksAColumnIsFoundAmongOthersThatHaveIt() {
    Scan scan = TestSpark.visits(dir.resolve("visits"), dirty());
    ENGINE
        .session()
        .read()
        .parquet(dir.resolve("visits").toString())
        .drop("spent")
        .coalesce(1)
        .write()
        .mode("append")
        .parquet(dir.resolve("visits").toString());
    assertThatThrownBy(() -> ENGINE.collect(scan))
        .hasMessageContaining("Cannot resolve column 'spent' in parquet " + dir.resolve("visits"))
        .hasMessageContaining("known are [shop, at]");
  }

  @Test
  void filesOfNarrowerTypesAreReadTogether() {
    Scan scan = TestSpark.visits(dir.resolve("visits"), dirty().subList(0, 1));
    ENGINE
        .session()
        .sql("select 'n' as shop, timestamp'2024-03-01 10:00:00' as at, 7 as spent")
        .coalesce(1)
        .write()
        .mode("append")
        .parquet(dir.resolve("visits").toString());
    assertThat(ENGINE.collect(scan).column("spent")).containsExactlyInAnyOrder(1.0, 7.0);
  }

  @Test
  void aMissingFileSaysSo() {
    Scan scan =
        new Scan(
            new Location.Files(Location.Files.Format.PARQUET, dir.resolve("none").toString()),
            TestSpark.VISITS);
    assertThatThrownBy(() -> ENGINE.collect(scan))
        .hasMessageStartingWith("Cannot read parquet ")
        .hasMessageContaining("there is no such file or the folder is empty");
  }

  @Test
  void aDatasetStaysAtTheVersionsThatItNames() {
    Sink.Delta one = Sink.Delta.whole(dir.resolve("one").toString());
    Scan scan = new Scan(Location.DeltaTable.at(one.path()), TestSpark.VISITS);
    ENGINE.run(
        new Write(
            TestSpark.visits(
                dir.resolve("visits"), List.of(visit("a", "2024-03-01T10:00:00Z", 1.0))),
            one));
    SparkEngine.Read read = ENGINE.read(scan);
    ENGINE.run(
        new Write(
            TestSpark.visits(
                dir.resolve("visits"), List.of(visit("b", "2024-03-01T10:00:00Z", 2.0))),
            one));
    assertThat(read.versions()).isEqualTo(Map.of("delta " + one.path(), "0"));
    assertThat(read.rows().select("shop").as(Encoders.STRING()).collectAsList())
        .containsExactly("a");
    assertThat(ENGINE.read(scan).versions()).isEqualTo(Map.of("delta " + one.path(), "1"));
  }

  @Test
  void whatWasReadIsReportedAndFilesThatWereJoinedAreNoNewVersion() {
    Sink.Delta log = new Sink.Delta(dir.resolve("log").toString(), List.of(), Optional.empty());
    Scan scan = new Scan(Location.DeltaTable.at(log.path()), TestSpark.VISITS);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(visit("shop" + i, "2024-03-01T10:00:00Z", 1.0 * i));
    }
    TestSpark.visits(dir.resolve("visits"), rows);
    ENGINE
        .session()
        .read()
        .parquet(dir.resolve("visits").toString())
        .repartition(4)
        .write()
        .format("delta")
        .save(log.path());
    Write copy = new Write(scan, Sink.Delta.whole(dir.resolve("copy").toString()));
    WriteReport report = ENGINE.run(copy);
    assertThat(report.read()).isEqualTo(Map.of("delta " + log.path(), "0"));
    assertThat(ENGINE.compact(Location.DeltaTable.at(log.path())).before()).isGreaterThan(1);
    assertThat(ENGINE.standing(List.of(copy))).containsExactly(Standing.CURRENT);
    assertThat(ENGINE.run(copy)).isEqualTo(report.unchanged(true));
  }

  private long rowsAt(Sink.Delta table, long version) {
    Location at = Location.DeltaTable.at(table.path()).asOf(version);
    return ENGINE.collect(new Scan(at, TestSpark.VISITS)).values().size();
  }

  @Test
  void oldVersionsAreDeletedButForThosePinned() {
    Sink.Delta table = Sink.Delta.whole(dir.resolve("my%20tables, all/a table").toString());
    for (int count = 1; count <= 5; count++) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        rows.add(visit("a", "2024-03-01T10:00:00Z", 1.0 * i));
      }
      ENGINE.run(new Write(TestSpark.visits(dir.resolve("visits"), rows), table));
    }
    Location.DeltaTable location = Location.DeltaTable.at(table.path());
    Instant past = Instant.parse("2024-03-01T00:00:00Z");
    assertThat(ENGINE.vacuum(location, past, Set.of())).isZero();
    Instant later = Instant.now().plusSeconds(60);
    assertThatThrownBy(() -> ENGINE.vacuum(location, later, Set.of(9L)))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot keep version 9 of the Delta table at " + table.path() + ": ");
    assertThat(ENGINE.vacuum(location, later, Set.of(2L))).isGreaterThanOrEqualTo(3);
    assertThat(rowsAt(table, 2)).isEqualTo(3);
    assertThat(rowsAt(table, 4)).isEqualTo(5);
    for (long gone : new long[] {0, 1, 3}) {
      assertThatThrownBy(() -> rowsAt(table, gone)).isInstanceOf(MillraceException.class);
    }
    assertThat(ENGINE.vacuum(location, later, Set.of())).isPositive();
    assertThat(rowsAt(table, 4)).isEqualTo(5);
  }

  @Test
  void aVersionIsKeptAsItsFilesWereBeforeAndAfterTheyWereJoined() {
    Location.DeltaTable table = Location.DeltaTable.at(dir.resolve("log").toString());
    append(table, 1);
    append(table, 2);
    assertThat(ENGINE.compact(table).before()).isEqualTo(2);
    Instant later = Instant.now().plusSeconds(60);
    assertThat(ENGINE.version(table)).isEqualTo("1");
    ENGINE.vacuum(table, later, Set.of());
    assertThat(rowsAt(table(table), 1)).isEqualTo(2);
    assertThat(rowsAt(table(table), 2)).isEqualTo(2);
    append(table, 3);
    ENGINE.vacuum(table, later, Set.of(1L));
    assertThat(rowsAt(table(table), 1)).isEqualTo(2);
    assertThat(rowsAt(table(table), 2)).isEqualTo(2);
  }

  private static Sink.Delta table(Location.DeltaTable of) {
    return Sink.Delta.whole(of.path());
  }

  private void append(Location.DeltaTable table, double spent) {
    TestSpark.visits(dir.resolve("visits"), List.of(visit("a", "2024-03-01T10:00:00Z", spent)));
    ENGINE
        .session()
        .read()
        .parquet(dir.resolve("visits").toString())
        .write()
        .format("delta")
        .mode("append")
        .save(table.path());
  }
}
