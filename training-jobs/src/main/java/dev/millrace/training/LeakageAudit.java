package dev.millrace.training;

import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a training set's features see what was not known when they were asked for. At some times,
 * everything that was known only later is changed: other values, and some rows are gone. The
 * features of the requests up to then must not move by a bit. A request's own row is of later too,
 * but for its keys, the columns of its time and those said to be known by then.
 *
 * @param known columns of the requests that are known when the request is made, such as a timetable
 */
public record LeakageAudit(TrainingSet set, Set<String> known) {
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");
  private static final int TIMES = 3;
  private static final Duration LOOKED_AT = Duration.ofDays(1);

  /** Checks that the columns are there. */
  public LeakageAudit {
    known = Set.copyOf(known);
    Problems problems = new Problems("the leakage audit of training set '" + set.name() + "'");
    List<String> names =
        set.labelSets().stream()
            .flatMap(labelled -> labelled.rows().logSchema().names().stream())
            .distinct()
            .toList();
    for (String column : new TreeSet<>(known)) {
      if (!names.contains(column)) {
        problems.add(Problem.unknown("column", column, problems.definition(), names));
      }
    }
    problems.throwIfAny();
  }

  /**
   * What moved.
   *
   * @param column a feature
   * @param values how many of its values did
   */
  public record Moved(String column, long values) {}

  /**
   * What the audit found.
   *
   * @param requests how many were looked at
   * @param changed how many rows of the logs were changed or gone
   */
  public record Report(List<Instant> times, long requests, long changed, List<Moved> moved) {
    public Report {
      times = List.copyOf(times);
      moved = List.copyOf(moved);
    }
  }

  public Report run(Engine engine, Workspace workspace) {
    Instant start = set.train().start();
    Duration step = Duration.between(start, set.test().end()).dividedBy(TIMES + 1L);
    List<Instant> times = new ArrayList<>();
    Map<String, Long> moved = new HashMap<>();
    long requests = 0;
    long changed = 0;
    for (int i = 1; i <= TIMES; i++) {
      Instant time = start.plus(step.multipliedBy(i));
      times.add(time);
      Period upTo = new Period(time.minus(LOOKED_AT), time.plusNanos(1000));
      List<AsOfJoin.Lookup> asIs =
          set.views().stream().map(view -> view.lookup(workspace)).toList();
      Engine.Rows before =
          engine.collect(set.requests(labelled -> labelled.rows().log(workspace), upTo, asIs));
      List<AsOfJoin.Lookup> perturbed =
          set.views().stream()
              .map(view -> view.lookup(later(view.source(), kept(view), workspace, time)))
              .toList();
      Engine.Rows after =
          engine.collect(set.requests(labelled -> ownRows(labelled, workspace), upTo, perturbed));
      requests += before.values().size();
      for (Source source : requestSources()) {
        Engine.Rows later = engine.collect(later(source, workspace, time));
        changed += (long) Objects.requireNonNull(later.column("rows").get(0));
      }
      moved(before, after).forEach((column, values) -> moved.merge(column, values, Long::sum));
    }
    List<Moved> all =
        set.featureNames().stream()
            .filter(moved::containsKey)
            .map(column -> new Moved(column, moved.getOrDefault(column, 0L)))
            .toList();
    return new Report(times, requests, changed, all);
  }

  private Set<Source> requestSources() {
    Set<Source> sources = new LinkedHashSet<>();
    set.labelSets().forEach(labelled -> sources.add(labelled.rows()));
    return sources;
  }

  /** How many of the requests' rows were not known at a time. */
  private Node later(Source rows, Workspace workspace, Instant time) {
    Node later =
        Project.of(
            definition(),
            rows.log(workspace),
            List.of(NamedExpression.column(rows.eventTime())),
            Optional.of("not " + isKnown(rows, time)));
    WindowedFeature count = new WindowedFeature("rows", Aggregations.count(), Window.lifetime());
    return new WindowAggregate(
        new Events(definition(), later, List.of(), rows.eventTime(), List.of(count)),
        Emit.Every.once(END_OF_TIME));
  }

  private String definition() {
    return "the leakage audit of training set '" + set.name() + "'";
  }

  private static Set<String> kept(FeatureView view) {
    return new LinkedHashSet<>(view.entity().keyNames());
  }

  /** What of a source was known at a time, and the rest changed. */
  private Node later(Source source, Set<String> kept, Workspace workspace, Instant time) {
    Node log = source.log(workspace);
    String isKnown = isKnown(source, time);
    Node before =
        Project.of(
            definition(),
            log,
            log.schema().names().stream().map(NamedExpression::column).toList(),
            Optional.of(isKnown));
    String all = String.join(", ", log.schema().names().stream().map(Expressions::quoted).toList());
    Node after =
        Project.of(
            definition(),
            log,
            changed(source, kept, "true"),
            Optional.of("not " + isKnown + " and pmod(xxhash64(" + all + "), 3) <> 0"));
    return new Union(definition(), List.of(before, after));
  }

  /** The requests' rows, of which all is changed that they tell of later than they are made. */
  private Node ownRows(LabelSet labelled, Workspace workspace) {
    Source rows = labelled.rows();
    Set<String> kept = new LinkedHashSet<>(known);
    set.views().forEach(view -> kept.addAll(view.entity().keyNames()));
    kept.addAll(Expressions.columns(labelled.requestTime(), rows.logSchema()));
    String isLater = Expressions.quoted(rows.eventTime()) + " >= (" + labelled.requestTime() + ")";
    return Project.of(
        definition(), rows.log(workspace), changed(rows, kept, isLater), Optional.empty());
  }

  private static String isKnown(Source source, Instant time) {
    String at = "timestamp'" + time + "'";
    return "("
        + Expressions.quoted(source.eventTime())
        + " < "
        + at
        + source
            .availableAt()
            .map(column -> " and " + Expressions.quoted(column) + " <= " + at)
            .orElse("")
        + ")";
  }

  /** The log's columns, other values in all but times and those to keep. */
  private static List<NamedExpression> changed(Source source, Set<String> kept, String where) {
    List<NamedExpression> columns = new ArrayList<>();
    for (Column column : source.logSchema().columns()) {
      boolean same =
          kept.contains(column.name())
              || column.name().equals(source.eventTime())
              || source.availableAt().filter(column.name()::equals).isPresent();
      String name = Expressions.quoted(column.name());
      columns.add(
          new NamedExpression(
              column.name(),
              same ? name : "if(" + where + ", " + other(name, column.type()) + ", " + name + ")"));
    }
    return columns;
  }

  private static String other(String column, DataType type) {
    String number = "pmod(xxhash64(" + column + ", 'other'), 97)";
    return type instanceof PrimitiveType primitive
        ? switch (primitive) {
          case BOOLEAN -> "not coalesce(" + column + ", false)";
          case INT, LONG, FLOAT, DOUBLE -> "cast(" + number + " + 1000 as " + type.sql() + ")";
          case STRING -> "concat('other ', coalesce(" + column + ", ''))";
          case DATE -> "date_add(" + column + ", 400)";
          case TIMESTAMP -> column + " + interval 400 days";
          case BYTES -> column;
        }
        : column;
  }

  /** The values of each column that one side has more of, for the same keys and time. */
  private Map<String, Long> moved(Engine.Rows before, Engine.Rows after) {
    List<String> names = before.schema().names();
    List<Integer> request = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (!set.featureNames().contains(names.get(i))) {
        request.add(i);
      }
    }
    Map<String, Long> moved = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (request.contains(i)) {
        continue;
      }
      Map<List<@Nullable Object>, Long> counts = new HashMap<>();
      count(before, request, i, 1, counts);
      count(after, request, i, -1, counts);
      long more =
          counts.values().stream().filter(count -> count > 0).mapToLong(count -> count).sum();
      if (more > 0) {
        moved.put(names.get(i), more);
      }
    }
    return moved;
  }

  private static void count(
      Engine.Rows rows,
      List<Integer> request,
      int column,
      long sign,
      Map<List<@Nullable Object>, Long> counts) {
    for (List<@Nullable Object> row : rows.values()) {
      List<@Nullable Object> key = new ArrayList<>();
      request.forEach(place -> key.add(row.get(place)));
      key.add(row.get(column));
      counts.merge(key, sign, Long::sum);
    }
  }
}
