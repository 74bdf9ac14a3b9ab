package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Findings;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.jspecify.annotations.Nullable;

/**
 * What is found of rows by their expectations, as one aggregation of all of them: the numbers that
 * rules ask for, how many are accepted, and for each rule of rows how many break it and how many of
 * those are not set aside.
 */
final class Verdict implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String definition;
  private final ArrayList<Expectation> expectations;
  private final boolean ofInterval;
  private final Schema rows;
  private final TreeSet<String> undeclared;
  private final Instant asOf;
  private final ArrayList<WindowedAggregation> windows;

  /**
   * @param undeclared columns of what the rows were read from
   * @param now when the run is
   */
  Verdict(Expect expect, Set<String> undeclared, Instant now) {
    this.definition = expect.definition();
    this.expectations = new ArrayList<>(expect.expectations());
    this.ofInterval = expect.quarantine().interval().isPresent();
    this.rows = expect.schema();
    this.undeclared = new TreeSet<>(undeclared);
    this.asOf = expect.asOf(now);
    Metrics metrics = Metrics.of(expectations, rows);
    metrics.rules().forEach(this::requireNoPast);
    this.windows = new ArrayList<>(metrics.aggregations());
    count("accepted", metrics.inputs().size());
    for (int i = 0; i < expectations.size(); i++) {
      if (isOfRows(i)) {
        count("breaches " + i, metrics.inputs().size() + 1 + 2 * i);
        count("left " + i, metrics.inputs().size() + 2 + 2 * i);
      }
    }
  }

  private void requireNoPast(Rule.Metric rule) {
    if (rule.bounds().lookBack()) {
      throw MillraceException.because(
          "The Beam engine cannot judge '" + rule.name() + "' of " + definition,
          "its bounds are made of earlier runs, and this engine knows none",
          "Run the plan with Spark, or give bounds that are numbers");
    }
  }

  private void count(String name, int input) {
    AggregateCall call = Aggregations.countIf(name);
    windows.add(
        new WindowedAggregation(
            name,
            call,
            Aggregations.bind(call, List.of(PrimitiveType.BOOLEAN)),
            input,
            Window.lifetime()));
  }

  private boolean isOfRows(int index) {
    return !(expectations.get(index).rule() instanceof Rule.WholeRule);
  }

  List<Expectation> expectations() {
    return expectations;
  }

  /** The columns of the rows that are judged. */
  Schema rows() {
    return rows;
  }

  /** The aggregations, bound to rows of {@link #schema}. */
  List<WindowedAggregation> windows() {
    return windows;
  }

  /** The inputs of the numbers, then whether a row is accepted, breaks each rule and is left. */
  Schema schema() {
    List<Column> columns = new ArrayList<>();
    List<String> inputs = Metrics.of(expectations, rows).inputs();
    List<Column> types = inputs.isEmpty() ? List.of() : numbers().schema().columns();
    for (int i = 0; i < types.size(); i++) {
      columns.add(new Column("input_" + i, types.get(i).type()));
    }
    for (int i = 0; i <= 2 * expectations.size(); i++) {
      columns.add(new Column("flag_" + i, PrimitiveType.BOOLEAN));
    }
    return new Schema(columns);
  }

  /** The inputs of the numbers. */
  RowProjection numbers() {
    return Expressions.compile(Metrics.of(expectations, rows).inputs(), rows);
  }

  /**
   * A row of {@link #schema}.
   *
   * @param numbers the inputs of the numbers; null of a row that is set aside
   */
  InternalRow row(
      @Nullable InternalRow numbers, org.apache.spark.sql.types.DataType[] types, BitSet breaches) {
    Object[] values = new Object[types.length + 1 + 2 * expectations.size()];
    boolean accepted = numbers != null;
    for (int i = 0; numbers != null && i < types.length; i++) {
      values[i] = numbers.get(i, types[i]);
    }
    values[types.length] = accepted;
    for (int i = 0; i < expectations.size(); i++) {
      values[types.length + 1 + 2 * i] = breaches.get(i);
      values[types.length + 2 + 2 * i] = breaches.get(i) && accepted;
    }
    return new GenericInternalRow(values);
  }

  /** What the aggregation found. */
  Findings findings(byte[] tiles) {
    TileLayout layout = new TileLayout(windows);
    Iterator<@Nullable Object> found = layout.present(1, TilesOf.tiles(layout, tiles)).iterator();
    Map<Rule, Double> numbers = new LinkedHashMap<>();
    Map<Rule, Bounds.Past> past = new LinkedHashMap<>();
    for (Rule.Metric rule : Metrics.of(expectations, rows).rules()) {
      numbers.put(rule, Metrics.number(found.next()));
      past.put(rule, new Bounds.Past(List.of(), asOf));
    }
    long accepted = (long) Objects.requireNonNull(found.next());
    List<Long> breaches = new ArrayList<>();
    List<Long> left = new ArrayList<>();
    for (int i = 0; i < expectations.size(); i++) {
      breaches.add(isOfRows(i) ? (Long) Objects.requireNonNull(found.next()) : 0L);
      left.add(isOfRows(i) ? (Long) Objects.requireNonNull(found.next()) : 0L);
    }
    return new Findings(
        expectations, ofInterval, accepted, breaches, left, numbers, past, undeclared);
  }

  /** Throws where something stops the run. */
  void require(byte[] tiles) {
    List<String> failures = findings(tiles).failures();
    if (!failures.isEmpty()) {
      throw Findings.refused(definition, failures);
    }
  }
}
