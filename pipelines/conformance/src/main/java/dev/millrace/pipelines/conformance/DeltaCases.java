package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Delta tables as plans read and write them. */
public final class DeltaCases {
  private static final LocalDate DAY = LocalDate.of(2024, 3, 1);
  private static final Schema VISITS =
      Schema.of(new Column("shop", PrimitiveType.STRING), new Column("day", PrimitiveType.DATE));

  private DeltaCases() {}

  /** What is read, of engines that keep no accounts of runs too. */
  public static List<DeltaCase> ofReads() {
    return List.of(
        new DeltaCase("a table that no stream has gone into has no messages", DeltaCases::hasNone),
        new DeltaCase("any other column that is not there is an error", DeltaCases::lacks));
  }

  /** What is written. */
  public static List<DeltaCase> ofWrites() {
    return List.of(
        new DeltaCase("an interval without rows is done once, and is current", DeltaCases::isDone));
  }

  private static void hasNone(Engine engine, BiConsumer<String, Rows> hold, String folder) {
    Location.DeltaTable table = written(engine, hold, folder);
    Schema wanted = Schema.of(VISITS.column("shop"), new Column(Messages.COLUMN, Messages.TYPE));
    requireSame(engine, new Scan(table, wanted), List.of(Arrays.asList("a", null)));
  }

  private static void lacks(Engine engine, BiConsumer<String, Rows> hold, String folder) {
    Location.DeltaTable table = written(engine, hold, folder);
    for (Column column :
        List.of(
            new Column(Messages.COLUMN, PrimitiveType.STRING),
            new Column("messages", Messages.TYPE))) {
      requireError(engine, new Scan(table, Schema.of(VISITS.column("shop"), column)), column);
    }
    Column message = new Column(Messages.COLUMN, Messages.TYPE);
    requireError(engine, new Scan(new Location.Memory("visits"), Schema.of(message)), message);
  }

  private static void requireError(Engine engine, Scan scan, Column column) {
    RowsText.requireError(
        "a scan of " + scan.location(),
        "Cannot resolve column '" + column.name() + "' in ",
        () -> engine.collect(scan));
  }

  /** A table of one visit. */
  private static Location.DeltaTable written(
      Engine engine, BiConsumer<String, Rows> hold, String folder) {
    hold.accept("visits", new Rows(VISITS, List.of(List.of("a", DAY))));
    Scan visits = new Scan(new Location.Memory("visits"), VISITS);
    WriteReport unused = engine.run(new Write(visits, Sink.Delta.whole(folder + "/table")));
    return Location.DeltaTable.at(folder + "/table");
  }

  private static void isDone(Engine engine, BiConsumer<String, Rows> hold, String folder) {
    hold.accept("none", new Rows(VISITS, List.of()));
    hold.accept("some", new Rows(VISITS, List.of(List.of("a", DAY))));
    Write first = write("none", folder, DAY);
    Write second = write("none", folder, DAY.plusDays(1));
    for (Write write : List.of(first, second)) {
      WriteReport report = engine.run(write);
      require("rows of an interval without rows", 0L, report.rows());
      require("whether it was there before it was written", false, report.unchanged());
      require("how it stands", List.of(Standing.CURRENT), engine.standing(List.of(write)));
      require("the same again", report.unchanged(true), engine.run(write));
    }
    require("rows of the first day", 1L, engine.run(write("some", folder, DAY)).rows());
    require(
        "how it stands when another plan wrote there",
        List.of(Standing.DEFINITION_CHANGED),
        engine.standing(List.of(first)));
    Scan table = new Scan(Location.DeltaTable.at(folder + "/days"), VISITS);
    requireSame(engine, table, List.of(List.of("a", DAY)));
    require("whether it is emptied", false, engine.run(first).unchanged());
    requireSame(engine, table, List.of());
  }

  private static Write write(String rows, String folder, LocalDate day) {
    return new Write(
        new Scan(new Location.Memory(rows), VISITS),
        new Sink.Delta(
            folder + "/days",
            List.of("day"),
            Optional.of(Interval.days("day", day, day.plusDays(1)))));
  }

  private static void require(String what, Object wanted, Object found) {
    if (!wanted.equals(found)) {
      throw new AssertionError(what + "\nexpected " + wanted + "\nfound    " + found);
    }
  }

  private static void requireSame(Engine engine, Scan scan, List<List<@Nullable Object>> rows) {
    RowsText.requireSame(
        scan.location().toString(), new Rows(scan.schema(), rows), engine.collect(scan));
  }
}
