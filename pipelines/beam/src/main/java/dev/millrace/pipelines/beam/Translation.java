package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.NodeVisitor;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.type.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * A plan as steps of one pipeline. Steps are named by the node and its place in the plan, so that
 * an equal plan has equal names, and a pipeline that runs can be replaced by its next version.
 */
final class Translation implements NodeVisitor<PCollection<UnsafeRow>> {
  private final Pipeline pipeline;
  private final Sources sources;
  private final Instant now;
  private final String run;
  private final List<Judged> judgements = new ArrayList<>();
  private int place;

  /**
   * @param now when the run is
   * @param run names the run, for the rows that it sets aside
   */
  Translation(Pipeline pipeline, Sources sources, Instant now, String run) {
    this.pipeline = pipeline;
    this.sources = sources;
    this.now = now;
    this.run = run;
  }

  PCollection<UnsafeRow> rows(Node node) {
    return node.accept(this);
  }

  /** The expectations met so far. */
  List<Judged> judgements() {
    return judgements;
  }

  private String name(String kind) {
    return ++place + " " + kind;
  }

  /** Steps of a node under one name. */
  private static PCollection<UnsafeRow> within(
      String name,
      PCollection<UnsafeRow> rows,
      Function<PCollection<UnsafeRow>, PCollection<UnsafeRow>> steps) {
    return rows.apply(
        name,
        new PTransform<PCollection<UnsafeRow>, PCollection<UnsafeRow>>() {
          private static final long serialVersionUID = 1L;

          @Override
          public PCollection<UnsafeRow> expand(PCollection<UnsafeRow> input) {
            return steps.apply(input);
          }
        });
  }

  @Override
  public PCollection<UnsafeRow> visit(Scan scan) {
    return pipeline.apply(
        name("Scan"),
        new PTransform<PBegin, PCollection<UnsafeRow>>() {
          private static final long serialVersionUID = 1L;

          @Override
          public PCollection<UnsafeRow> expand(PBegin begin) {
            PCollection<UnsafeRow> rows = sources.rows(begin.getPipeline(), scan);
            return scan.within()
                .map(
                    interval ->
                        rows.apply(
                                "Within",
                                ParDo.of(
                                    Projected.where(
                                        interval.condition(scan.schema()), scan.schema())))
                            .setCoder(RowCoder.of()))
                .orElse(rows);
          }
        });
  }

  @Override
  public PCollection<UnsafeRow> visit(Project project) {
    return rows(project.input())
        .apply(name("Project"), ParDo.of(Projected.by(project)))
        .setCoder(RowCoder.of());
  }

  @Override
  public PCollection<UnsafeRow> visit(Deduplicate deduplicate) {
    return within(
        name("Deduplicate"),
        rows(deduplicate.input()),
        rows ->
            rows.apply("Agree", Keyed.by(deduplicate.schema(), deduplicate.keys()))
                .apply("First", FirstOfEach.of(deduplicate))
                .setCoder(KvCoder.of(RowCoder.of(), RowCoder.of()))
                .apply("Rows", Values.create()));
  }

  @Override
  public PCollection<UnsafeRow> visit(Union union) {
    List<PCollection<UnsafeRow>> inputs = union.inputs().stream().map(this::rows).toList();
    return PCollectionList.of(inputs).apply(name("Union"), Flatten.pCollections());
  }

  @Override
  public PCollection<UnsafeRow> visit(Expect expect) {
    boolean looks =
        expect.expectations().stream().anyMatch(of -> of.rule() instanceof Rule.OnlyDeclared);
    Set<String> undeclared = looks ? sources.undeclared(expect.input()) : Set.of();
    Verdict verdict = new Verdict(expect, undeclared, now);
    return within(
        name("Expect"),
        rows(expect.input()),
        rows -> {
          Judged judged = Judged.of(expect, verdict, rows, run);
          judgements.add(judged);
          return judged.accepted();
        });
  }

  @Override
  public PCollection<UnsafeRow> visit(WindowAggregate aggregate) {
    return within(
        name("Windows"),
        rows(aggregate.events().inputs()),
        inputs -> Windows.aggregate(aggregate, inputs));
  }

  @Override
  public PCollection<UnsafeRow> visit(AsOfJoin join) {
    PCollection<UnsafeRow> joined = rows(join.spine());
    Schema schema = join.spine().schema();
    for (AsOfJoin.Lookup lookup : join.lookups()) {
      PCollection<UnsafeRow> inputs = rows(lookup.events().inputs());
      Schema before = schema;
      joined =
          within(
              name("Look up " + lookup.prefix()),
              joined,
              rows -> LookedUp.beside(rows, before, join.time(), lookup, inputs));
      schema = LookedUp.schema(before, lookup);
    }
    return joined;
  }

  @Override
  public PCollection<UnsafeRow> visit(Score score) {
    return rows(score.input())
        .apply(name("Score"), ParDo.of(new Scored(score)))
        .setCoder(RowCoder.of());
  }
}
