package dev.millrace.features;

import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.TimeColumn;
import dev.millrace.pipelines.core.Union;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rows from outside: where they lie, their columns, when each happened, and what is expected of
 * them. Every view, label and score reads the rows that held the expectations, from one log;
 * nothing else reads the outside.
 *
 * @param location where the rows come from
 * @param stream where they go on coming from, if they do: a topic, Pub/Sub, or a folder of files
 * @param columns what they hold there
 * @param derived columns computed from those, after the expectations were held
 * @param eventTime the column, given or derived, of the time at which a row happened, and became
 *     known unless there is a column for that
 * @param availableAt the column, given or derived, of the time from which on a row is known, where
 *     that is later than when it happened: no value of an earlier time sees it
 * @param expectations what must hold of the columns
 */
public record Source(
    String name,
    Location location,
    Optional<Location> stream,
    Schema columns,
    List<NamedExpression> derived,
    String eventTime,
    Optional<String> availableAt,
    List<Expectation> expectations) {
  /** The column of the log that it is kept by: the day of the event time, in UTC. */
  static final String DAY = "event_day";

  private static final Set<Location.Files.Format> FOLLOWED =
      Set.of(Location.Files.Format.PARQUET, Location.Files.Format.JSON);

  /** Checks that all parts fit together. */
  public Source {
    Names.check("source", name);
    derived = List.copyOf(derived);
    expectations = List.copyOf(expectations);
    Problems problems = new Problems("source '" + name + "'");
    Node rows = new Scan(location, columns);
    List<Expectation> declared = expectations;
    stream.ifPresent(from -> check(from, name, columns, problems));
    problems.collect(() -> new Expect(problems.definition(), rows, declared, "quarantine"));
    List<NamedExpression> computed = derived;
    // The event's day repeats what is wrong with the column that the time comes from.
    boolean good =
        problems
            .collect(() -> Project.of(problems.definition(), rows, computed, Optional.empty()))
            .isPresent();
    if (good) {
      problems
          .collect(() -> kept(name, rows, columns, computed, day(computed, eventTime)))
          .ifPresent(
              log ->
                  availableAt.ifPresent(
                      at ->
                          TimeColumn.check(
                              "available-at", at, log.schema(), problems.definition(), problems)));
    }
    problems.throwIfAny();
  }

  private static void check(Location from, String name, Schema columns, Problems problems) {
    boolean readable =
        from instanceof Location.KafkaTopic
            || from instanceof Location.Pubsub
            || (from instanceof Location.Files files && FOLLOWED.contains(files.format()));
    if (!readable) {
      problems.add(
          "Source '" + name + "' cannot be followed in " + from,
          "rows go on coming from a topic of Kafka, from Pub/Sub, or a folder of Parquet or JSON files",
          "Give one of these");
    }
    if (columns.has(Messages.COLUMN)) {
      problems.add(
          "Column '" + Messages.COLUMN + "' of source '" + name + "' cannot be followed",
          "rows of a stream have a column of that name, which says what message they were",
          "Rename it");
    }
  }

  /** Parquet files; columns, the event time and expectations follow. */
  public static Builder parquet(String name, String path) {
    return new Builder(name, new Location.Files(Location.Files.Format.PARQUET, path));
  }

  /** CSV files with a header; columns, the event time and expectations follow. */
  public static Builder csv(String name, String path) {
    return new Builder(name, new Location.Files(Location.Files.Format.CSV, path));
  }

  /** JSON files, an object a line; columns, the event time and expectations follow. */
  public static Builder json(String name, String path) {
    return new Builder(name, new Location.Files(Location.Files.Format.JSON, path));
  }

  /** Avro files; columns, the event time and expectations follow. */
  public static Builder avro(String name, String path) {
    return new Builder(name, new Location.Files(Location.Files.Format.AVRO, path));
  }

  /** A Delta table; columns, the event time and expectations follow. */
  public static Builder delta(String name, String path) {
    return new Builder(name, Location.DeltaTable.at(path));
  }

  /**
   * An Iceberg table; columns, the event time and expectations follow.
   *
   * @param table its name, catalog first, as the engine's settings know it
   */
  public static Builder iceberg(String name, String table) {
    return new Builder(name, Location.IcebergTable.named(table));
  }

  /**
   * A table or view of a database; columns, the event time and expectations follow.
   *
   * @param connection names the settings that say where the database is; see {@link
   *     Location.JdbcTable}
   */
  public static Builder jdbc(String name, String connection, String table) {
    return new Builder(name, new Location.JdbcTable(connection, table));
  }

  /** The rows that held the expectations, with their derived columns and {@code event_day date}. */
  Node accepted(String quarantine) {
    return accepted(quarantine, Optional.empty());
  }

  /**
   * The same of some days alone.
   *
   * @param days of {@code event_day}; rows whose time is unknown are of every interval, and are set
   *     aside
   */
  Node accepted(String quarantine, Optional<Interval> days) {
    return accepted(new Scan(location, columns), expectations, quarantine, days);
  }

  /** The same of rows that were ingested before: those of the log and those set aside. */
  Node accepted(List<Node> again, String quarantine, Optional<Interval> days) {
    return accepted(declared(again), ofRows(), quarantine, days);
  }

  /**
   * The days, outside of some, that rows which were ingested as of those happened on by the event
   * time of now: each once, as {@code event_day}.
   */
  Node moved(List<Node> again, Interval days) {
    String definition = "source '" + name + "'";
    String time = timeExpression(derived, eventTime);
    Node rows =
        Project.of(
            definition,
            declared(again),
            List.of(day(derived, eventTime), new NamedExpression("time", time)),
            Optional.of(
                "(%1$s) < timestamp'%2$s' or (%1$s) >= timestamp'%3$s'"
                    .formatted(time, days.start(), days.end())));
    return new Deduplicate(definition, rows, List.of(DAY), "time");
  }

  private Node declared(List<Node> again) {
    List<Node> raw =
        again.stream()
            .<Node>map(
                rows ->
                    Project.of(
                        "source '" + name + "'",
                        rows,
                        columns.names().stream().map(NamedExpression::column).toList(),
                        Optional.empty()))
            .toList();
    return new Union("source '" + name + "'", raw);
  }

  private Node accepted(
      Node raw, List<Expectation> expected, String quarantine, Optional<Interval> days) {
    String definition = "source '" + name + "'";
    String time = timeExpression(derived, eventTime);
    List<Expectation> all = new ArrayList<>(expected);
    all.add(isKnown("event time", eventTime, derived));
    availableAt.ifPresent(column -> all.add(isKnown("available-at", column, derived)));
    List<NamedExpression> dated = new ArrayList<>();
    columns.names().forEach(column -> dated.add(NamedExpression.column(column)));
    if (raw.schema().has(Messages.COLUMN)) {
      dated.add(NamedExpression.column(Messages.COLUMN));
    } else if (stream.isPresent()) {
      dated.add(new NamedExpression(Messages.COLUMN, "cast(null as " + Messages.TYPE.sql() + ")"));
    }
    dated.add(day(derived, eventTime));
    Optional<String> within =
        days.map(
            interval ->
                "(%1$s) is null or ((%1$s) >= timestamp'%2$s' and (%1$s) < timestamp'%3$s')"
                    .formatted(time, interval.start(), interval.end()));
    Node rows = Project.of(definition, raw, dated, within);
    Node held = new Expect(definition, rows, all, new Sink.Delta(quarantine, List.of(), days));
    return kept(name, held, columns, derived, NamedExpression.column(DAY));
  }

  /**
   * The rows that were set aside when they were ingested.
   *
   * @param days those alone whose {@code event_day} is one of them, or unknown
   */
  Node setAside(Location quarantine, Optional<Interval> days) {
    List<Column> also = new ArrayList<>();
    List<String> conditions = new ArrayList<>();
    if (stream.isPresent()) {
      also.add(new Column(Messages.COLUMN, Messages.TYPE));
      conditions.add(Messages.COLUMN + " is null");
    }
    days.ifPresent(
        interval -> {
          Column day = new Column(DAY, PrimitiveType.DATE);
          also.add(day);
          conditions.add("(%s is null or (%s))".formatted(DAY, interval.condition(Schema.of(day))));
        });
    if (conditions.isEmpty()) {
      return new Scan(quarantine, columns);
    }
    return Project.of(
        "source '" + name + "'",
        new Scan(quarantine, columns.and(also)),
        columns.names().stream().map(NamedExpression::column).toList(),
        Optional.of(String.join(" and ", conditions)));
  }

  /** The rows of the stream that held the expectations, as the log keeps them. */
  Node followed(String quarantine) {
    Schema raw = columns.and(List.of(new Column(Messages.COLUMN, Messages.TYPE)));
    List<Expectation> ofMessages = new ArrayList<>();
    ofMessages.add(
        Expectations.satisfies(Messages.COLUMN + ".error is null", "the message cannot be read")
            .orQuarantine());
    ofMessages.addAll(ofRows());
    return accepted(new Scan(stream.orElseThrow(), raw), ofMessages, quarantine, Optional.empty());
  }

  /** What can be expected of rows without a look at what they are read from. */
  private List<Expectation> ofRows() {
    return expectations.stream()
        .filter(expectation -> !(expectation.rule() instanceof Rule.OnlyDeclared))
        .toList();
  }

  /**
   * The rows of some days as they come from outside, unjudged, and the time that each happened as
   * {@code __time}: what a replay sends into the stream.
   */
  public Node raw(Days days) {
    String time = timeExpression(derived, eventTime);
    Interval interval = days.of(DAY);
    List<NamedExpression> all = new ArrayList<>();
    columns.names().forEach(column -> all.add(NamedExpression.column(column)));
    all.add(new NamedExpression("__time", time));
    return Project.of(
        "source '" + name + "'",
        new Scan(location, columns),
        all,
        Optional.of(
            "(%1$s) >= timestamp'%2$s' and (%1$s) < timestamp'%3$s'"
                .formatted(time, interval.start(), interval.end())));
  }

  /** The source's log of accepted rows in a workspace, at its newest version. */
  public Scan log(Workspace workspace) {
    return log(workspace, Optional.empty());
  }

  /** The rows of the log whose {@code event_day} is in the interval. */
  Scan log(Workspace workspace, Optional<Interval> days) {
    return new Scan(
        Location.DeltaTable.at(workspace.path("sources", name, "events")), logSchema(), days);
  }

  /** The columns of the log. */
  public Schema logSchema() {
    Node rows = new Scan(location, columns);
    return kept(name, rows, columns, derived, day(derived, eventTime)).schema();
  }

  private static Expectation isKnown(String role, String column, List<NamedExpression> derived) {
    return Expectations.satisfies(
            "(" + timeExpression(derived, column) + ") is not null",
            role + " " + column + " is null")
        .orQuarantine();
  }

  private static String timeExpression(List<NamedExpression> derived, String eventTime) {
    return derived.stream()
        .filter(column -> column.name().equals(eventTime))
        .map(NamedExpression::expression)
        .findFirst()
        .orElse(Expressions.quoted(eventTime));
  }

  private static NamedExpression day(List<NamedExpression> derived, String eventTime) {
    return new NamedExpression(DAY, "to_date(" + timeExpression(derived, eventTime) + ")");
  }

  /** The rows that were held, as the log keeps them. */
  private static Project kept(
      String name, Node held, Schema columns, List<NamedExpression> derived, NamedExpression day) {
    List<NamedExpression> result = new ArrayList<>();
    columns.names().forEach(column -> result.add(NamedExpression.column(column)));
    result.addAll(derived);
    result.add(day);
    return Project.of("source '" + name + "'", held, result, Optional.empty());
  }

  /** Gathers a source's parts, in any order. */
  public static final class Builder {
    private final String name;
    private final Location location;
    private final List<Column> columns = new ArrayList<>();
    private final List<NamedExpression> derived = new ArrayList<>();
    private final List<Expectation> expectations = new ArrayList<>();
    private String eventTime = "event_time";
    private Optional<String> availableAt = Optional.empty();
    private Optional<Location> stream = Optional.empty();

    private Builder(String name, Location location) {
      this.name = name;
      this.location = location;
    }

    /** A column that the rows have. */
    public Builder column(String column, DataType type) {
      columns.add(new Column(column, type));
      return this;
    }

    /** A column computed from those by an expression of Spark SQL. */
    public Builder derive(String column, String expression) {
      derived.add(new NamedExpression(column, expression));
      return this;
    }

    /** The column of the time at which a row happened; {@code event_time} unless said. */
    public Builder eventTime(String column) {
      eventTime = column;
      return this;
    }

    /**
     * The column of the time from which on a row is known, where that may be later than its event
     * time: a correction, a nightly load. Values of an earlier time do not see it.
     */
    public Builder availableAt(String column) {
      availableAt = Optional.of(column);
      return this;
    }

    /** The topic that rows go on coming from, as messages that hold the columns. */
    public Builder stream(String connection, String topic, Messages messages) {
      return stream(new Location.KafkaTopic(connection, topic, messages));
    }

    /** Where rows go on coming from: a topic, Pub/Sub, or a folder that files are moved into. */
    public Builder stream(Location from) {
      stream = Optional.of(from);
      return this;
    }

    public Builder expect(Expectation... more) {
      expectations.addAll(List.of(more));
      return this;
    }

    /**
     * The source.
     *
     * @throws dev.millrace.transforms.problem.DefinitionException naming all that does not fit
     */
    public Source build() {
      Problems problems = new Problems("source '" + name + "'");
      Set<String> seen = new HashSet<>();
      for (Column column : columns) {
        if (!seen.add(column.name())) {
          problems.add(
              "Column '" + column.name() + "' of source '" + name + "' is declared twice",
              "a name has one meaning",
              "Leave one out");
        }
      }
      problems.throwIfAny();
      return new Source(
          name,
          location,
          stream,
          new Schema(columns),
          derived,
          eventTime,
          availableAt,
          expectations);
    }
  }
}
