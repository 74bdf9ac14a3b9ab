package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.NodeVisitor;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.DataType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * One run's translation of a plan: each node becomes a dataset. Expectations are judged as they are
 * met, since what follows may be built only on rows that passed.
 */
final class Compilation implements NodeVisitor<Dataset<Row>>, AutoCloseable {
  private final SparkSession session;
  private final Sources sources;
  private final Versions versions;
  private final Instant now;
  private String run = "";
  private final List<Judgement> judgements = new ArrayList<>();
  private final List<ExpectationResult> expectations = new ArrayList<>();

  /**
   * @param now when the run is
   */
  Compilation(SparkSession session, Sources sources, Versions versions, Instant now) {
    this.versions = versions;
    this.now = now;
    this.session = session;
    this.sources = sources;
  }

  /**
   * The rows of a whole plan.
   *
   * @param of names the run, for the rows that it sets aside
   */
  Dataset<Row> compile(Node node, String of) {
    run = of;
    return compile(node);
  }

  /** Whether rows that were judged must be judged again, since time has passed. */
  boolean goesByTheClock(Node node) {
    return PlanNodes.of(node, Expect.class).stream().anyMatch(expect -> expect.goesByTheClock(now));
  }

  private Dataset<Row> compile(Node node) {
    return node.accept(this);
  }

  /** How the data did by the expectations met so far. */
  List<ExpectationResult> expectations() {
    return expectations;
  }

  /**
   * Puts the rows that did not hold aside. That is done when the others are where they belong: a
   * run that ends in between has lost none, and does this when it is run again.
   */
  void setAside(Account account) {
    judgements.forEach(judgement -> judgement.setAside(account));
  }

  @Override
  public Dataset<Row> visit(Scan scan) {
    Dataset<Row> rows = versions.read(scan);
    return scan.within().isPresent()
        ? rows.filter(scan.within().get().condition(scan.schema()))
        : rows;
  }

  @Override
  public Dataset<Row> visit(Project project) {
    Dataset<Row> rows = compile(project.input());
    if (project.filter().isPresent()) {
      rows = rows.filter(project.filter().get());
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < project.columns().size(); i++) {
      columns.add(column(project.columns().get(i), project.schema().columns().get(i).type()));
    }
    return rows.select(columns.toArray(Column[]::new));
  }

  /** The expression as the type that it is stored as: a smallint as an int. */
  private static Column column(NamedExpression named, DataType type) {
    return functions.expr(named.expression()).cast(CatalystTypes.toCatalyst(type)).as(named.name());
  }

  @Override
  public Dataset<Row> visit(Deduplicate deduplicate) {
    return FirstRows.of(session, deduplicate, compile(deduplicate.input()));
  }

  @Override
  public Dataset<Row> visit(Union union) {
    return union.inputs().stream().map(this::compile).reduce(Dataset::union).orElseThrow();
  }

  @Override
  public Dataset<Row> visit(Expect expect) {
    Dataset<Row> rows = compile(expect.input());
    boolean asked =
        expect.expectations().stream()
            .anyMatch(expectation -> expectation.rule() instanceof Rule.OnlyDeclared);
    Set<String> undeclared = asked ? sources.undeclared(expect.input()) : Set.of();
    TableHistory.ReadVersion base = versions.base(expect, expect.quarantine().path());
    Judgement judgement =
        new Judgement(session, expect, rows, undeclared, expect.asOf(now), run, base);
    judgements.add(judgement);
    expectations.addAll(judgement.run());
    return judgement.accepted();
  }

  @Override
  public Dataset<Row> visit(WindowAggregate aggregate) {
    Dataset<Row> inputs = compile(aggregate.events().inputs());
    return new WindowedRows(session).aggregate(aggregate, inputs);
  }

  @Override
  public Dataset<Row> visit(AsOfJoin join) {
    WindowedRows windowed = new WindowedRows(session);
    Dataset<Row> spine = compile(join.spine());
    Dataset<Row> rows = spine;
    for (AsOfJoin.Lookup lookup : join.lookups()) {
      Dataset<Row> inputs = compile(lookup.events().inputs());
      Dataset<Row> seen = windowed.seenBy(spine, join.time(), lookup.events(), inputs);
      rows = windowed.lookUp(rows, join.time(), lookup, seen);
    }
    return rows;
  }

  @Override
  public Dataset<Row> visit(Score score) {
    return ScoredRows.score(session, score, compile(score.input()));
  }

  @Override
  public void close() {
    judgements.forEach(judgement -> judgement.marked().unpersist());
  }
}
