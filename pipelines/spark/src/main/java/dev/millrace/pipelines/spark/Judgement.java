package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Findings;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.WindowedAggregation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Holds rows against what is expected of them. Each row is marked with the rules it breaks; those
 * with a rule to quarantine for go to the quarantine table with their reasons; Deequ judges the
 * rest as a whole.
 *
 * <pre>
 *   input      columns
 *   marked     columns, __breach_0 .. __breach_n (boolean, of rules of rows)
 *   accepted   columns, of the rows that break no rule to quarantine for
 * </pre>
 */
final class Judgement {
  private final SparkSession session;
  private final Expect expect;
  private final Set<String> undeclared;
  private final Instant asOf;
  private final String run;
  private final TableHistory.ReadVersion base;
  private final List<String> columns;
  private final Dataset<Row> marked;

  /**
   * @param undeclared columns of what the rows were read from
   * @param asOf the time that the rows are of
   * @param run names the run beside the rows that it sets aside
   * @param base the version of the quarantine that the run builds on
   */
  Judgement(
      SparkSession session,
      Expect expect,
      Dataset<Row> input,
      Set<String> undeclared,
      Instant asOf,
      String run,
      TableHistory.ReadVersion base) {
    this.asOf = asOf;
    this.undeclared = undeclared;
    this.session = session;
    this.expect = expect;
    this.run = run;
    this.base = base;
    this.columns = Arrays.asList(input.columns());
    Dataset<Row> rows = mark(input);
    boolean shuffles =
        expect.expectations().stream()
            .anyMatch(expectation -> expectation.rule() instanceof Rule.Unique);
    this.marked = shuffles ? rows.persist() : rows;
  }

  /** The input with its marks, kept in memory for the run. */
  Dataset<Row> marked() {
    return marked;
  }

  Dataset<Row> accepted() {
    return marked.filter(accepts()).select(inputColumns());
  }

  /** Judges the rows, in one pass; throws, with nothing written, where the gate fails. */
  List<ExpectationResult> run() {
    Findings findings = findings();
    DeequGate.judge(expect, findings);
    return findings.results();
  }

  /**
   * The numbers of all rows and the rows that break each rule are one aggregation. Rows that are
   * set aside have no inputs for the numbers.
   */
  private Findings findings() {
    List<Expectation> expectations = expect.expectations();
    Metrics metrics = Metrics.of(expectations, expect.schema());
    List<WindowedAggregation> numbers = new ArrayList<>(metrics.aggregations());
    List<Column> inputs = new ArrayList<>();
    metrics.inputs().forEach(input -> inputs.add(when(accepts(), expr(input))));
    count("accepted", accepts(), numbers, inputs);
    for (int i = 0; i < expectations.size(); i++) {
      if (!(expectations.get(i).rule() instanceof Rule.WholeRule)) {
        count("breaches " + i, col(breach(i)), numbers, inputs);
        count("left " + i, col(breach(i)).and(accepts()), numbers, inputs);
      }
    }
    Iterator<@Nullable Object> found =
        new WholeAggregate(session, numbers).values(marked.select(named(inputs)), 0).iterator();
    Map<Rule, Double> values = new LinkedHashMap<>();
    metrics.rules().forEach(rule -> values.put(rule, Metrics.number(found.next())));
    long accepted = (long) Objects.requireNonNull(found.next());
    List<Long> breaches = new ArrayList<>();
    List<Long> left = new ArrayList<>();
    for (Expectation expectation : expectations) {
      boolean counted = !(expectation.rule() instanceof Rule.WholeRule);
      breaches.add(counted ? (Long) Objects.requireNonNull(found.next()) : 0L);
      left.add(counted ? (Long) Objects.requireNonNull(found.next()) : 0L);
    }
    return new Findings(
        expectations,
        expect.quarantine().interval().isPresent(),
        accepted,
        breaches,
        left,
        values,
        past(metrics.rules()),
        undeclared);
  }

  /** What the numbers are held against: what they were in the runs that the quarantine tells of. */
  private Map<Rule, Bounds.Past> past(List<Rule.Metric> rules) {
    Optional<Interval> interval = expect.quarantine().interval();
    boolean looksBack = rules.stream().anyMatch(rule -> rule.bounds().lookBack());
    List<PastRun> runs =
        looksBack ? DeltaHistory.of(session, expect.quarantine().path()).runs() : List.of();
    Map<Rule, Bounds.Past> past = new LinkedHashMap<>();
    rules.forEach(
        rule -> past.put(rule, new Bounds.Past(PastRun.numbers(rule, interval, runs), asOf)));
    return past;
  }

  private static void count(
      String name, Column condition, List<WindowedAggregation> numbers, List<Column> inputs) {
    AggregateCall call = Aggregations.countIf(name);
    numbers.add(
        new WindowedAggregation(
            name,
            call,
            Aggregations.bind(call, List.of(PrimitiveType.BOOLEAN)),
            inputs.size(),
            dev.millrace.transforms.window.Window.lifetime()));
    inputs.add(condition);
  }

  private static Column[] named(List<Column> inputs) {
    return IntStream.range(0, inputs.size())
        .mapToObj(i -> inputs.get(i).as("input_" + i))
        .toArray(Column[]::new);
  }

  /** Whether no rule sets the row aside. */
  private Column accepts() {
    return quarantining().map(i -> not(col(breach(i)))).reduce(lit(true), Column::and);
  }

  /** The expectations whose breach sets a row aside, by their place. */
  private Stream<Integer> quarantining() {
    return IntStream.range(0, expect.expectations().size())
        .filter(i -> expect.expectations().get(i).action() == Action.QUARANTINE)
        .boxed();
  }

  private Dataset<Row> mark(Dataset<Row> input) {
    Dataset<Row> rows = input;
    List<Column> breaches = new ArrayList<>();
    for (int i = 0; i < expect.expectations().size(); i++) {
      if (expect.expectations().get(i).rule() instanceof Rule.RowRule rule) {
        Column breach = coalesce(expr(rule.condition()), lit(true)).equalTo(false);
        rows = rows.withColumn(breach(i), breach);
        breaches.add(col(breach(i)));
      }
    }
    Column bad = breaches.stream().reduce(lit(false), Column::or);
    for (int i = 0; i < expect.expectations().size(); i++) {
      if (expect.expectations().get(i).rule() instanceof Rule.Unique rule) {
        rows = rows.withColumn(breach(i), isRepetition(rule, bad));
      }
    }
    return rows;
  }

  /**
   * True for all rows of a group but one: a row that breaks no row rule, and the least in all
   * columns, by {@link dev.millrace.transforms.expression.RowOrder}.
   */
  private Column isRepetition(Rule.Unique rule, Column bad) {
    Column[] keys = rule.columns().stream().map(Judgement::quoted).toArray(Column[]::new);
    Column[] order =
        Stream.of(Stream.of(bad), Stream.of(inputColumns()), zeros())
            .flatMap(columns -> columns)
            .toArray(Column[]::new);
    return row_number().over(Window.partitionBy(keys).orderBy(order)).gt(1);
  }

  /**
   * Tell 0.0 from -0.0, which Spark sorts as one, among rows that differ in nothing else: as text,
   * the first is the greater.
   */
  private Stream<Column> zeros() {
    return expect.schema().columns().stream()
        .flatMap(
            column -> {
              Column value = quoted(column.name());
              Column text = value.cast(DataTypes.StringType);
              if (column.type() == PrimitiveType.FLOAT || column.type() == PrimitiveType.DOUBLE) {
                return Stream.of(when(value.equalTo(0), text));
              }
              return column.type() instanceof PrimitiveType || column.type() instanceof DecimalType
                  ? Stream.empty()
                  : Stream.of(text);
            })
        .map(Column::desc);
  }

  private Column reasons() {
    Column[] reasons =
        quarantining()
            .map(i -> when(col(breach(i)), reason(expect.expectations().get(i).rule())))
            .toArray(Column[]::new);
    return filter(array(reasons), Column::isNotNull);
  }

  private static Column reason(Rule rule) {
    return rule instanceof Rule.Between between
        ? concat(lit(rule.breach() + ": "), quoted(between.column()).cast(DataTypes.StringType))
        : lit(rule.breach());
  }

  /** Writes the rows that do not hold, with their reasons. */
  void setAside(Account account) {
    Dataset<Row> aside =
        marked
            .filter(not(accepts()))
            .select(
                Stream.concat(
                        Stream.of(inputColumns()),
                        Stream.of(
                            reasons().cast("array<string>").as("reasons"), lit(run).as("run_id")))
                    .toArray(Column[]::new));
    Sink.Delta table = expect.quarantine();
    DeltaReplacement.commit(
        session,
        aside,
        table,
        table.interval().map(interval -> replaced(table, interval)),
        account,
        now -> now.requireNoneAsideSince(base, table, account.parts()));
  }

  private String replaced(Sink.Delta table, Interval interval) {
    return "(%s is null or (%s))%s"
        .formatted(
            Expressions.quoted(interval.column()),
            interval.condition(expect.schema()),
            // What a stream set aside, no other run replaces.
            hasMessages(table) ? " and " + Messages.COLUMN + " is null" : "");
  }

  /**
   * Whether a stream may have set rows aside: a table of before it was followed has no messages.
   */
  private boolean hasMessages(Sink.Delta table) {
    return expect.schema().has(Messages.COLUMN)
        && DeltaHistory.exists(session, table.path())
        && Arrays.asList(DeltaHistory.read(session, Location.DeltaTable.at(table.path())).columns())
            .contains(Messages.COLUMN);
  }

  private Column[] inputColumns() {
    return columns.stream().map(Judgement::quoted).toArray(Column[]::new);
  }

  private static Column quoted(String column) {
    return col(Expressions.quoted(column));
  }

  private static String breach(int index) {
    return "__breach_" + index;
  }
}
