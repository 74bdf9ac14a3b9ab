package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Findings;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.NodeVisitor;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowPredicate;
import dev.millrace.transforms.expression.RowProjection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;

/** One run of a plan: each node becomes its rows, all of them, in this thread. */
final class LocalRun implements NodeVisitor<LocalRows> {
  private final Function<Location, Rows> source;
  private final Tables tables;
  private final boolean judging;
  private final List<ExpectationResult> expectations = new ArrayList<>();

  /**
   * @param source the rows at a location
   * @param tables where rows that are set aside go
   */
  LocalRun(Function<Location, Rows> source, Tables tables) {
    this(source, tables, true);
  }

  private LocalRun(Function<Location, Rows> source, Tables tables, boolean judging) {
    this.source = source;
    this.tables = tables;
    this.judging = judging;
  }

  /** The same over a part of a run's rows, which leaves the bad ones out and judges nothing. */
  static LocalRun ofPart(Function<Location, Rows> source, Tables tables) {
    return new LocalRun(source, tables, false);
  }

  LocalRows rows(Node node) {
    return node.accept(this);
  }

  /** How the data did by the expectations met so far. */
  List<ExpectationResult> expectations() {
    return expectations;
  }

  @Override
  public LocalRows visit(Scan scan) {
    LocalRows rows = Scanned.select(source.apply(scan.location()), scan);
    if (scan.within().isEmpty()) {
      return rows;
    }
    RowPredicate within =
        Expressions.compileCondition(scan.within().get().condition(scan.schema()), scan.schema());
    return new LocalRows(scan.schema(), rows.rows().stream().filter(within::test).toList());
  }

  @Override
  public LocalRows visit(Project project) {
    LocalRows input = rows(project.input());
    Map<String, String> columns = new LinkedHashMap<>();
    for (NamedExpression column : project.columns()) {
      columns.put(column.name(), column.expression());
    }
    RowProjection projection = Expressions.compile(columns, input.schema());
    Optional<RowPredicate> filter =
        project.filter().map(text -> Expressions.compileCondition(text, input.schema()));
    List<InternalRow> rows = new ArrayList<>();
    for (InternalRow row : input.rows()) {
      if (filter.isEmpty() || filter.get().test(row)) {
        rows.add(projection.apply(row).copy());
      }
    }
    return new LocalRows(project.schema(), rows);
  }

  @Override
  public LocalRows visit(Deduplicate deduplicate) {
    return FirstOfEach.of(deduplicate, rows(deduplicate.input()));
  }

  @Override
  public LocalRows visit(Union union) {
    List<InternalRow> rows = new ArrayList<>();
    union.inputs().forEach(input -> rows.addAll(rows(input).rows()));
    return new LocalRows(union.schema(), rows);
  }

  @Override
  public LocalRows visit(Expect expect) {
    String aside = expect.quarantine().path();
    LocalJudgement judgement =
        new LocalJudgement(
            expect, rows(expect.input()), tables.runs(aside), undeclared(expect.input()));
    if (judging) {
      Findings findings = judgement.findings();
      List<ExpectationResult> found = findings.results();
      expectations.addAll(found);
      List<String> failures = findings.failures();
      if (!failures.isEmpty()) {
        throw Findings.refused(expect.definition(), failures);
      }
      setAside(expect, judgement.quarantined());
      tables.ran(aside, new PastRun(expect.quarantine().interval(), found));
    }
    return judgement.accepted();
  }

  /** The columns that what the rows are read from has, and no scan of it names. */
  private Set<String> undeclared(Node rows) {
    Set<String> others = new TreeSet<>();
    List<Scan> scans = PlanNodes.of(rows, Scan.class);
    scans.forEach(scan -> others.addAll(source.apply(scan.location()).schema().names()));
    scans.forEach(scan -> others.removeAll(scan.schema().names()));
    return others;
  }

  private void setAside(Expect expect, Rows aside) {
    Location table = Location.DeltaTable.at(expect.quarantine().path());
    Optional<Interval> interval = expect.quarantine().interval();
    tables.put(
        table,
        interval.isPresent() && tables.has(table)
            ? Intervals.replaceWithUnknown(tables.read(table), interval.get(), aside)
            : aside);
  }

  @Override
  public LocalRows visit(WindowAggregate aggregate) {
    return LocalWindows.aggregate(aggregate, rows(aggregate.events().inputs()));
  }

  @Override
  public LocalRows visit(AsOfJoin join) {
    LocalRows spine = rows(join.spine());
    LocalRows joined = spine;
    for (AsOfJoin.Lookup lookup : join.lookups()) {
      LocalRows inputs = rows(lookup.events().inputs());
      joined = LocalLookup.join(joined, join.time(), lookup, inputs);
    }
    return new LocalRows(join.schema(), joined.rows());
  }

  @Override
  public LocalRows visit(Score score) {
    return LocalScore.score(score, rows(score.input()));
  }
}
