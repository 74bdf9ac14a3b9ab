package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.NodeVisitor;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.TileLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** Runs a plan over a scripted stream. */
final class LocalStream {
  private final Tables tables;
  private final Location source;
  private final Script script;

  LocalStream(Tables tables, Location source, Script script) {
    this.tables = tables;
    this.source = source;
    this.script = script;
  }

  StreamReport run(Node node) {
    Schema columns = columns(node);
    Set<String> delivered = new LinkedHashSet<>();
    List<LocalRows> batches = new ArrayList<>();
    Optional<WindowAggregate> windows =
        node instanceof WindowAggregate aggregate
                && aggregate.events().rows().accept(RowByRow.BUT_FOR_DUPLICATES)
            ? Optional.of(aggregate)
            : Optional.empty();
    @Nullable Instant watermark = null;
    long late = 0;
    long duplicates = 0;
    for (Script.Step step : script.steps()) {
      if (step instanceof Script.Step.Watermark mark) {
        watermark = watermark == null || mark.time().isAfter(watermark) ? mark.time() : watermark;
        continue;
      }
      String batch = ((Script.Step.Deliver) step).batch();
      if (!delivered.add(batch)) {
        duplicates++;
        continue;
      }
      if (windows.isPresent()) {
        LocalRows inputs =
            LocalRun.ofPart(delivered(List.of(batch), columns), tables)
                .rows(windows.get().events().inputs());
        late += late(inputs, windows.get(), watermark);
        batches.add(inputs);
      }
    }
    return new StreamReport(
        rows(node, columns, List.copyOf(delivered), batches).plain(), late, duplicates);
  }

  private LocalRows rows(
      Node node, Schema columns, List<String> delivered, List<LocalRows> batches) {
    boolean any =
        delivered.stream()
            .anyMatch(batch -> !script.batches().getOrDefault(batch, List.of()).isEmpty());
    Function<Location, Rows> all = delivered(delivered, columns);
    // Of no rows at all, nothing is expected.
    LocalRun whole = any ? new LocalRun(all, tables) : LocalRun.ofPart(all, tables);
    if (node instanceof WindowAggregate aggregate && isMergedFromTiles(aggregate)) {
      whole.rows(aggregate.events().rows());
      return merged(aggregate, batches);
    }
    return whole.rows(node);
  }

  private static boolean isMergedFromTiles(WindowAggregate aggregate) {
    return aggregate.events().rows().accept(RowByRow.STRICTLY)
        && aggregate.events().features().stream()
            .allMatch(feature -> TileLayout.check(feature.name(), feature.window()).isEmpty());
  }

  private static LocalRows merged(WindowAggregate aggregate, List<LocalRows> batches) {
    if (aggregate.emit() instanceof Emit.Tiles tiles) {
      return merged(KeyedTiles.of(aggregate, tiles), batches).tiles();
    }
    Emit.Every every = (Emit.Every) aggregate.emit();
    List<InternalRow> rows = new ArrayList<>();
    long end = Micros.of(every.end());
    for (long time = Micros.of(every.start()); time < end; time += every.period()) {
      rows.addAll(merged(new KeyedTiles(aggregate, time), batches).values());
    }
    return new LocalRows(aggregate.schema(), rows);
  }

  private static KeyedTiles merged(KeyedTiles tiles, List<LocalRows> batches) {
    batches.forEach(tiles::merge);
    return tiles;
  }

  private static long late(LocalRows inputs, WindowAggregate windows, @Nullable Instant watermark) {
    if (watermark == null) {
      return 0;
    }
    int time = windows.events().keys().size();
    long mark = Micros.of(watermark);
    return inputs.rows().stream().filter((InternalRow row) -> row.getLong(time) < mark).count();
  }

  /** The columns that the plan reads of the stream. */
  private Schema columns(Node node) {
    List<Scan> scans = PlanNodes.of(node, Scan.class);
    return scans.stream()
        .filter(scan -> scan.location().equals(source))
        .findFirst()
        .map(Scan::schema)
        .orElseThrow(
            () ->
                MillraceException.because(
                    "The plan does not read " + source,
                    "it reads " + scans.stream().map(Scan::location).toList(),
                    "Stream into one of them"));
  }

  private Function<Location, Rows> delivered(List<String> batches, Schema columns) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    batches.forEach(batch -> rows.addAll(script.batches().getOrDefault(batch, List.of())));
    return location -> location.equals(source) ? new Rows(columns, rows) : tables.read(location);
  }

  /** Whether each row of a plan comes of one row of its source, whatever the others are. */
  private enum RowByRow implements NodeVisitor<Boolean> {
    STRICTLY,

    /** Good enough to count what is late. */
    BUT_FOR_DUPLICATES;

    @Override
    public Boolean visit(Scan scan) {
      return true;
    }

    @Override
    public Boolean visit(Project project) {
      return project.input().accept(this);
    }

    @Override
    public Boolean visit(Deduplicate deduplicate) {
      return this == BUT_FOR_DUPLICATES && deduplicate.input().accept(this);
    }

    /** Another input's rows would come with every batch. */
    @Override
    public Boolean visit(Union union) {
      return union.inputs().size() == 1 && union.inputs().get(0).accept(this);
    }

    /** Which of several duplicates is the one that stays, the others say. */
    @Override
    public Boolean visit(Expect expect) {
      return expect.input().accept(this)
          && (this == BUT_FOR_DUPLICATES
              || expect.expectations().stream()
                  .allMatch(expectation -> expectation.rule() instanceof Rule.RowRule));
    }

    @Override
    public Boolean visit(WindowAggregate aggregate) {
      return false;
    }

    @Override
    public Boolean visit(AsOfJoin join) {
      return false;
    }

    @Override
    public Boolean visit(Score score) {
      return score.input().accept(this);
    }
  }
}
