package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Findings;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.expectation.RowRules;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.CanonicalRow;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.expression.RowOrder;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** Holds rows against what is expected of them, and sets aside those to quarantine. */
final class LocalJudgement {
  private final Expect expect;
  private final LocalRows input;
  private final List<PastRun> runs;
  private final Set<String> undeclared;
  private final Instant asOf;
  private final RowRules rules;
  private final boolean[][] breaches;
  private @Nullable Map<Rule.Metric, Double> metrics;

  /**
   * @param runs what earlier runs found, newest first
   * @param undeclared columns of what the rows were read from
   */
  LocalJudgement(Expect expect, LocalRows input, List<PastRun> runs, Set<String> undeclared) {
    this.expect = expect;
    this.input = input;
    this.runs = runs;
    this.undeclared = undeclared;
    this.asOf = expect.asOf(Instant.now());
    this.breaches = new boolean[expect.expectations().size()][input.rows().size()];
    this.rules = RowRules.of(expect.expectations(), input.schema());
    boolean[] bad = new boolean[input.rows().size()];
    for (int row = 0; row < bad.length; row++) {
      BitSet broken = rules.breaches(input.rows().get(row));
      bad[row] = !broken.isEmpty();
      for (int i = broken.nextSetBit(0); i >= 0; i = broken.nextSetBit(i + 1)) {
        breaches[i][row] = true;
      }
    }
    for (int i = 0; i < breaches.length; i++) {
      if (expect.expectations().get(i).rule() instanceof Rule.Unique rule) {
        markRepetitions(rule, breaches[i], bad);
      }
    }
  }

  /** The numbers of all rows that are not set aside. */
  private Map<Rule.Metric, Double> metrics() {
    if (metrics != null) {
      return metrics;
    }
    Metrics of = Metrics.of(expect.expectations(), input.schema());
    Map<Rule.Metric, Double> values = new LinkedHashMap<>();
    if (!of.rules().isEmpty()) {
      RowProjection inputs = Expressions.compile(of.inputs(), input.schema());
      TileLayout layout = new TileLayout(of.aggregations());
      TileSet all = layout.tiles();
      accepted().rows().forEach(row -> all.add(0, inputs.apply(row)));
      List<@Nullable Object> found = layout.present(1, all);
      for (int i = 0; i < found.size(); i++) {
        values.put(of.rules().get(i), Metrics.number(found.get(i)));
      }
    }
    metrics = values;
    return values;
  }

  /**
   * Of rows that agree, one is kept: a row that breaks no row rule, and the least in all columns.
   */
  private void markRepetitions(Rule.Unique rule, boolean[] breach, boolean[] bad) {
    CanonicalRow key = CanonicalRow.of(input.schema(), rule.columns());
    Comparator<InternalRow> least = RowOrder.of(input.schema());
    Comparator<Integer> order =
        Comparator.<Integer, Boolean>comparing(row -> bad[row])
            .thenComparing(row -> input.rows().get(row), least);
    Set<ByteBuffer> seen = new HashSet<>();
    IntStream.range(0, breach.length)
        .boxed()
        .sorted(order)
        .forEach(row -> breach[row] = !seen.add(ByteBuffer.wrap(key.bytes(input.rows().get(row)))));
  }

  /** What the rows are like by the expectations. */
  Findings findings() {
    long accepted = 0;
    for (int row = 0; row < input.rows().size(); row++) {
      accepted += isQuarantined(row) ? 0 : 1;
    }
    List<Long> broken = new ArrayList<>();
    List<Long> left = new ArrayList<>();
    for (boolean[] breach : breaches) {
      long all = 0;
      long kept = 0;
      for (int row = 0; row < breach.length; row++) {
        all += breach[row] ? 1 : 0;
        kept += breach[row] && !isQuarantined(row) ? 1 : 0;
      }
      broken.add(all);
      left.add(kept);
    }
    Map<Rule, Bounds.Past> past = new LinkedHashMap<>();
    Map<Rule, Double> numbers = new LinkedHashMap<>(metrics());
    metrics().keySet().forEach(rule -> past.put(rule, past(rule)));
    return new Findings(
        expect.expectations(),
        expect.quarantine().interval().isPresent(),
        accepted,
        broken,
        left,
        numbers,
        past,
        undeclared);
  }

  private Bounds.Past past(Rule.Metric rule) {
    return new Bounds.Past(PastRun.numbers(rule, expect.quarantine().interval(), runs), asOf);
  }

  LocalRows accepted() {
    List<InternalRow> rows = new ArrayList<>();
    for (int row = 0; row < input.rows().size(); row++) {
      if (!isQuarantined(row)) {
        rows.add(input.rows().get(row));
      }
    }
    return new LocalRows(input.schema(), rows);
  }

  Rows quarantined() {
    Schema schema =
        input.schema().and(List.of(new Column("reasons", new ArrayType(PrimitiveType.STRING))));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int row = 0; row < input.rows().size(); row++) {
      if (isQuarantined(row)) {
        InternalRow each = input.rows().get(row);
        List<@Nullable Object> values = PlainRows.fromCatalyst(input.schema(), each);
        values.add(reasons(row, each));
        rows.add(values);
      }
    }
    return new Rows(schema, rows);
  }

  private List<String> reasons(int row, InternalRow values) {
    BitSet broken = new BitSet();
    for (int i = 0; i < breaches.length; i++) {
      broken.set(i, breaches[i][row]);
    }
    return rules.reasons(broken, values);
  }

  private boolean isQuarantined(int row) {
    for (int i = 0; i < breaches.length; i++) {
      if (breaches[i][row] && expect.expectations().get(i).action() == Action.QUARANTINE) {
        return true;
      }
    }
    return false;
  }
}
