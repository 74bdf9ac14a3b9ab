package dev.millrace.features;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanDiff;
import dev.millrace.pipelines.core.PlanPrinter;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Features of one entity over one source: declared once, materialised offline and online, joined as
 * of any time.
 *
 * @param where rows that count, a condition of Spark SQL; all where empty
 * @param features in the order of their values
 * @param online how long an entity without news is kept in the online store; not kept there where
 *     empty
 */
public record FeatureView(
    String name,
    Entity entity,
    Source source,
    Optional<String> where,
    List<Feature> features,
    Optional<Duration> online) {

  /** Checks that all parts fit together. */
  public FeatureView {
    Names.check("feature view", name);
    features = List.copyOf(features);
    Problems problems = new Problems("feature view '" + name + "'");
    for (Feature feature : features) {
      if (feature.windows().isEmpty()) {
        problems.add(
            "Feature '" + feature.name() + "' of feature view '" + name + "' has no window",
            "an aggregation is of the events in one",
            "Give at least one, such as hours(24)");
      }
    }
    if (entity.keys().isEmpty()) {
      problems.add(
          "Entity '" + entity.name() + "' of feature view '" + name + "' has no key",
          "nothing tells one from another",
          "Give it one with key(...)");
    }
    if (online.isPresent()) {
      features.stream()
          .flatMap(feature -> feature.values().stream())
          .forEach(
              value -> TileLayout.check(value.name(), value.window()).ifPresent(problems::add));
    }
    if (features.isEmpty()) {
      problems.add(
          "Feature view '" + name + "' has no feature",
          "there is nothing to compute",
          "Declare one");
    }
    Node log = source.log(new Workspace("workspace"));
    entity.problems(log.schema()).forEach(problems::add);
    for (Column key : entity.keys()) {
      log.schema()
          .find(key.name())
          .filter(column -> !column.type().equals(key.type()))
          .ifPresent(
              column ->
                  problems.add(
                      "Key '"
                          + key.name()
                          + "' of entity '"
                          + entity.name()
                          + "' is a "
                          + key.type().sql(),
                      "source '" + source.name() + "' has it as " + column.type().sql(),
                      "Declare one type in both"));
    }
    Node rows = problems.collect(() -> filtered(name, log, where)).orElse(log);
    List<Feature> declared = features;
    problems.collect(() -> events(name, entity, source, declared, rows));
    problems.throwIfAny();
  }

  public static Builder named(String name) {
    return new Builder(name);
  }

  /** The features' values over the source's log, as a plan's events. */
  public Events events(Workspace workspace) {
    return eventsOf(source.log(workspace));
  }

  /**
   * The features' values at some times, over those days of the log alone that their windows reach.
   */
  Events events(Workspace workspace, Emit.Every times) {
    return eventsOf(source.log(workspace, Optional.of(reach(times))));
  }

  /** The days of events that the values at some times are of. */
  private Interval reach(Emit.Every times) {
    long first = Micros.of(times.start());
    long steps = Math.floorDiv(Micros.of(times.end()) - 1 - first, times.period());
    // An event at the last time is not seen: where that is midnight, the day is not read.
    LocalDate end = day(first + steps * times.period() - 1).plusDays(1);
    List<Window> windows =
        features.stream().flatMap(feature -> feature.windows().stream()).toList();
    boolean bounded =
        windows.stream().noneMatch(window -> window.isLifetime() || window.isSession());
    if (!bounded) {
      return Interval.before(Source.DAY, end);
    }
    long start = windows.stream().mapToLong(window -> window.start(first)).min().orElse(first);
    return Interval.days(Source.DAY, day(start), end);
  }

  private static LocalDate day(long micros) {
    return LocalDate.ofEpochDay(Math.floorDiv(micros, 86_400_000_000L));
  }

  /** The features' values over rows of the source's log, wherever they are. */
  Events eventsOf(Node log) {
    return events(name, entity, source, features, filtered(name, log, where));
  }

  /**
   * What differs between this view and a later definition of it, in the source too, and which
   * features must be computed anew.
   */
  public PlanDiff diff(FeatureView later) {
    return PlanDiff.between(whole(), later.whole());
  }

  /** All that gives the values their meaning, from the outside's columns on. */
  private Node whole() {
    return new WindowAggregate(
        eventsOf(source.accepted("quarantine")), new Emit.Tiles(Instant.EPOCH));
  }

  /** The features, to be looked up beside rows that hold the entity's keys. */
  public AsOfJoin.Lookup lookup(Workspace workspace) {
    return lookup(source.log(workspace));
  }

  /** The same over rows of the source's log, wherever they are. */
  public AsOfJoin.Lookup lookup(Node log) {
    return new AsOfJoin.Lookup(name, eventsOf(log));
  }

  /** The names of the values, in order: {@code avg_delay_1h}. */
  public List<String> valueNames() {
    return features.stream()
        .flatMap(feature -> feature.values().stream())
        .map(WindowedFeature::name)
        .toList();
  }

  /**
   * A digest of all that gives the values their meaning; where the data lies and how long it is
   * kept is not part of it.
   */
  public String fingerprint() {
    return Digest.sha256(canonical());
  }

  /** The text that the fingerprint is of. */
  public String canonical() {
    Events events = events(new Workspace("workspace"));
    Node meaning = new WindowAggregate(events, new Emit.Tiles(Instant.EPOCH));
    return entity.keys()
        + "\n"
        + PlanPrinter.canonical(meaning)
        + "\n"
        + source.columns()
        + source.derived()
        + source.eventTime()
        + source.expectations();
  }

  /**
   * The first digits of the fingerprint, by which stores keep views of one name and other meaning
   * apart.
   */
  public String version() {
    return fingerprint().substring(0, 8);
  }

  /** Where the online store keeps the view's entities. */
  public String space() {
    return name + "@" + version();
  }

  private static Node filtered(String name, Node log, Optional<String> where) {
    return where.isEmpty()
        ? log
        : Project.of(
            "feature view '" + name + "'",
            log,
            log.schema().names().stream().map(NamedExpression::column).toList(),
            where);
  }

  private static Events events(
      String name, Entity entity, Source source, List<Feature> features, Node rows) {
    List<WindowedFeature> values =
        features.stream().flatMap(feature -> feature.values().stream()).toList();
    return new Events(
        "feature view '" + name + "'",
        rows,
        entity.keyNames(),
        source.eventTime(),
        source.availableAt(),
        values);
  }

  /** Gathers a view's parts, in any order. */
  public static final class Builder {
    private final String name;
    private @Nullable Entity entity;
    private @Nullable Source source;
    private Optional<String> where = Optional.empty();
    private final List<Feature> features = new ArrayList<>();
    private Optional<Duration> online = Optional.empty();

    private Builder(String name) {
      this.name = name;
    }

    public Builder entity(Entity of) {
      entity = of;
      return this;
    }

    public Builder from(Source rows) {
      source = rows;
      return this;
    }

    /** Only rows for which this condition of Spark SQL is true count. */
    public Builder where(String condition) {
      where = Optional.of(condition);
      return this;
    }

    /** An aggregation over each of the windows. */
    public Builder feature(String feature, AggregateCall call, Window... windows) {
      features.add(new Feature(feature, call, List.of(windows)));
      return this;
    }

    /** Keeps the view online, each entity for this long after it was last written. */
    public Builder online(Duration ttl) {
      online = Optional.of(ttl);
      return this;
    }

    /**
     * The view.
     *
     * @throws dev.millrace.transforms.problem.DefinitionException naming all that does not fit
     */
    public FeatureView build() {
      if (entity == null || source == null) {
        throw new IllegalArgumentException(
            "Feature view '"
                + name
                + "' has no "
                + (entity == null ? "entity" : "source")
                + ". Give one.");
      }
      return new FeatureView(name, entity, source, where, features, online);
    }
  }
}
