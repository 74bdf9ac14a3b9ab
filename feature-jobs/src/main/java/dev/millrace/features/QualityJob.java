package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.drift.ColumnProfile;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the rows of a source's log are like, a day at a time: not numbers but the states that
 * numbers are made of, so that the profile of any days is their merge, and no row is read for it.
 */
public record QualityJob(Source source) {
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");
  private static final String ROWS = "rows";
  private static final String PRESENT = "present ";
  private static final String DISTINCT = "distinct ";
  private static final String SPREAD = "spread ";
  private static final String LAYOUT = "layout";
  private static final Set<PrimitiveType> NUMBERS =
      EnumSet.of(PrimitiveType.INT, PrimitiveType.LONG, PrimitiveType.FLOAT, PrimitiveType.DOUBLE);
  private static final Set<PrimitiveType> COUNTED =
      EnumSet.of(
          PrimitiveType.INT,
          PrimitiveType.LONG,
          PrimitiveType.STRING,
          PrimitiveType.DATE,
          PrimitiveType.TIMESTAMP);

  /**
   * What a column held.
   *
   * @param present the rows that have a value
   * @param distinct about how many different values, give or take 1.6 %; null for types that are
   *     not counted
   * @param spread where a number's values lie; null for other types
   */
  public record ColumnQuality(
      String column, long present, @Nullable Long distinct, @Nullable ColumnProfile spread) {}

  /**
   * What some days' rows were like.
   *
   * @param days how many there are states of, which are merged
   * @param stale days whose states were kept for other columns, and are not
   */
  public record Quality(int days, long rows, List<ColumnQuality> columns, List<LocalDate> stale) {
    public Quality {
      columns = List.copyOf(columns);
      stale = List.copyOf(stale);
    }
  }

  /**
   * How rows did in a run by what is expected of them.
   *
   * @param days that the run was of; empty of all
   * @param found what the run found; null where it did not judge by the expectation
   */
  public record Judged(
      Expectation expectation, Optional<Days> days, @Nullable ExpectationResult found) {}

  /**
   * The table of the states: {@code event_day}, {@code hop}, {@code hop_start}, {@code tile}, and
   * {@code layout}, which says what the tile is made of.
   */
  public String table(Workspace workspace) {
    return workspace.path("sources", source.name(), "profile");
  }

  /** The states of all days. */
  public Write plan(Workspace workspace) {
    return plan(workspace, Optional.empty());
  }

  /** The states of some days; each is found done alone. */
  public Write plan(Workspace workspace, Days days) {
    return days.together(each -> plan(workspace, Optional.of(each.of(Source.DAY))));
  }

  private Write plan(Workspace workspace, Optional<Interval> days) {
    WindowAggregate states = states(source.log(workspace, days));
    List<NamedExpression> columns = new ArrayList<>();
    states.schema().names().forEach(name -> columns.add(NamedExpression.column(name)));
    columns.add(new NamedExpression(LAYOUT, "'" + layout() + "'"));
    return new Write(
        Project.of(states.events().definition(), states, columns, Optional.empty()),
        new Sink.Delta(table(workspace), List.of(), days));
  }

  /** Equal where states can be merged: what they are made of has no order. */
  private String layout() {
    TreeSet<String> parts = new TreeSet<>();
    features().forEach(feature -> parts.add(feature.toString()));
    columns().forEach(column -> parts.add(column.toString()));
    return Digest.sha256(String.join("\n", parts));
  }

  private WindowAggregate states(Node log) {
    Events events =
        new Events(
            "the profile of source '" + source.name() + "'",
            log,
            List.of(Source.DAY),
            source.eventTime(),
            features());
    return new WindowAggregate(events, new Emit.Tiles(END_OF_TIME));
  }

  private List<WindowedFeature> features() {
    List<WindowedFeature> features = new ArrayList<>();
    features.add(new WindowedFeature(ROWS, Aggregations.count(), Window.lifetime()));
    for (Column column : columns()) {
      String name = Expressions.quoted(column.name());
      features.add(
          new WindowedFeature(
              PRESENT + column.name(),
              Aggregations.countIf(name + " is not null"),
              Window.lifetime()));
      if (isCounted(column.type())) {
        features.add(
            new WindowedFeature(
                DISTINCT + column.name(),
                Aggregations.approxCountDistinct(name),
                Window.lifetime()));
      }
      if (isNumber(column.type())) {
        features.add(
            new WindowedFeature(
                SPREAD + column.name(),
                Aggregations.profile("double(" + name + ")"),
                Window.lifetime()));
      }
    }
    return features;
  }

  private List<Column> columns() {
    return source.logSchema().columns().stream()
        .filter(column -> !column.name().equals(Source.DAY))
        .toList();
  }

  private static boolean isNumber(DataType type) {
    return type instanceof DecimalType || NUMBERS.contains(type);
  }

  private static boolean isCounted(DataType type) {
    return COUNTED.contains(type);
  }

  /** The rows that expectations are of, as the log has them: without what is derived. */
  public Node rows(Workspace workspace, Optional<Days> days) {
    return Project.of(
        "source '" + source.name() + "'",
        source.log(workspace, days.map(each -> each.of(Source.DAY))),
        source.columns().names().stream().map(NamedExpression::column).toList(),
        Optional.empty());
  }

  /** Keeps the states of some days, or of all. */
  public WriteReport run(Engine engine, Workspace workspace, Optional<Days> days) {
    return engine.run(days.map(some -> plan(workspace, some)).orElseGet(() -> plan(workspace)));
  }

  /**
   * How rows did by what is expected of them now, as the commits of the log say, by run and by
   * expectation: in the last run, or in those of some days, where a newer one leaves out those
   * whose days it brought in again. Empty where no run is kept that judged.
   */
  public List<Judged> judged(Engine engine, Workspace workspace, Optional<Days> days) {
    Location.DeltaTable log = Location.DeltaTable.at(new IngestJob(source).log(workspace));
    Optional<Interval> asked = days.map(each -> each.of(Source.DAY));
    List<PastRun> runs = new ArrayList<>();
    for (PastRun run : engine.runs(log)) {
      if (runs.isEmpty() || asked.isPresent()) {
        boolean isAsked = overlap(asked, run.interval());
        if (isAsked && runs.stream().noneMatch(newer -> replaces(newer, run))) {
          runs.add(run);
        }
      }
    }
    runs.sort(Comparator.comparing(run -> run.interval().map(Interval::start).orElse(Instant.MIN)));
    return runs.stream()
        .flatMap(
            run ->
                source.expectations().stream()
                    .map(
                        each ->
                            new Judged(
                                each,
                                run.interval().map(Days::of),
                                run.by(each.rule()).orElse(null))))
        .toList();
  }

  private static boolean overlap(Optional<Interval> one, Optional<Interval> other) {
    return one.isEmpty() || other.isEmpty() || one.get().overlaps(other.get());
  }

  private static boolean replaces(PastRun newer, PastRun run) {
    return newer.interval().isEmpty()
        || run.interval().filter(newer.interval().get()::contains).isPresent();
  }

  /** The profile of the days that there are states of, all or some; of no other columns. */
  public Quality quality(Engine engine, Workspace workspace, Optional<Days> days) {
    WindowAggregate states = states(source.log(workspace));
    Scan kept =
        new Scan(
            Location.DeltaTable.at(table(workspace)),
            states.schema().and(List.of(new Column(LAYOUT, PrimitiveType.STRING))),
            days.map(each -> each.of(Source.DAY)));
    TileLayout layout = new TileLayout(states.events().bind(0));
    TileSet all = layout.tiles();
    TreeSet<LocalDate> merged = new TreeSet<>();
    TreeSet<LocalDate> stale = new TreeSet<>();
    String current = layout();
    for (List<@Nullable Object> row : engine.collect(kept).values()) {
      LocalDate day = (LocalDate) Objects.requireNonNull(row.get(0));
      if (!current.equals(row.get(4))) {
        stale.add(day);
        continue;
      }
      merged.add(day);
      TileSet one = layout.tiles();
      one.put(
          (Long) Objects.requireNonNull(row.get(1)),
          Micros.of((Instant) Objects.requireNonNull(row.get(2))),
          (byte[]) Objects.requireNonNull(row.get(3)));
      all.merge(one);
    }
    List<@Nullable Object> values = layout.present(Micros.of(END_OF_TIME), all);
    TreeMap<String, @Nullable Object> named = new TreeMap<>();
    List<WindowedFeature> features = features();
    for (int i = 0; i < features.size(); i++) {
      named.put(features.get(i).name(), values.get(i));
    }
    List<ColumnQuality> columns = new ArrayList<>();
    for (Column column : columns()) {
      byte[] spread = (byte[]) named.get(SPREAD + column.name());
      columns.add(
          new ColumnQuality(
              column.name(),
              (Long) Objects.requireNonNull(named.get(PRESENT + column.name())),
              (Long) named.get(DISTINCT + column.name()),
              spread == null ? null : ColumnProfile.decode(spread)));
    }
    return new Quality(
        merged.size(), (Long) Objects.requireNonNull(named.get(ROWS)), columns, List.copyOf(stale));
  }
}
