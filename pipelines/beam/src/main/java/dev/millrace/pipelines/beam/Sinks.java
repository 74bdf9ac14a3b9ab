package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.transforms.type.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Where rows end. Nothing is published before all verdicts are good, and rows that were set aside
 * are kept once the others are where they belong.
 */
final class Sinks {
  private Sinks() {}

  /** Rows into a table; gives out what the commit came to. */
  static PCollection<String> toDelta(
      String name,
      PCollection<UnsafeRow> rows,
      Schema schema,
      Sink.Delta sink,
      DeltaCommit commit,
      List<Judged> after) {
    List<PCollectionView<?>> awaited = new ArrayList<>();
    after.forEach(judged -> awaited.add(judged.passed()));
    return commit(name, rows, schema, sink, commit, awaited);
  }

  private static PCollection<String> commit(
      String name,
      PCollection<UnsafeRow> rows,
      Schema schema,
      Sink.Delta sink,
      DeltaCommit commit,
      List<PCollectionView<?>> awaited) {
    PCollectionView<Iterable<String>> files =
        rows.apply(
                name + " files",
                ParDo.of(new DeltaFiles(DeltaCommit.root(sink.path()), schema, sink.partitionBy())))
            .setCoder(StringUtf8Coder.of())
            .apply(name + " all", View.asIterable());
    return rows.getPipeline()
        .apply(name + " once", Create.of(sink.path()))
        .apply(
            name + " commit",
            ParDo.of(new CommitFn(commit, files)).withSideInputs(awaited).withSideInputs(files));
  }

  /**
   * Rows that were set aside into their table, after others are in theirs.
   *
   * @param account what the run writes, of what
   * @throws dev.millrace.transforms.problem.MillraceException where a stream sets rows aside there,
   *     which would be gone
   */
  static void setAside(
      Judged judged, Optional<PCollection<String>> after, Account account, Sources sources) {
    Sink.Delta sink = judged.expect().quarantine();
    Schema schema = Judged.asideSchema(judged.expect());
    DeltaCommit commit = aside(judged.expect(), account, sources);
    if (commit.found().isEmpty()) {
      commit.requireNoStream();
    }
    List<PCollectionView<?>> awaited = new ArrayList<>();
    awaited.add(judged.passed());
    after.ifPresent(done -> awaited.add(done.apply("Before " + sink.path(), View.asSingleton())));
    PCollection<String> unused =
        commit("Set aside " + sink.path(), judged.aside(), schema, sink, commit, awaited);
  }

  /** Whether an equal run kept what it set aside, and would judge no otherwise now. */
  static boolean isAsideDone(Write write, Account account, Sources sources) {
    Instant now = Instant.now();
    return PlanNodes.of(write.input(), Expect.class).stream()
        .allMatch(
            expect ->
                !expect.goesByTheClock(now) && aside(expect, account, sources).found().isPresent());
  }

  private static DeltaCommit aside(Expect expect, Account account, Sources sources) {
    Sink.Delta sink = expect.quarantine();
    return new DeltaCommit(
        sink, Judged.asideSchema(expect), true, account, sources.base(expect, sink.path()));
  }

  static final class CommitFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    private final DeltaCommit commit;
    private final PCollectionView<Iterable<String>> files;

    CommitFn(DeltaCommit commit, PCollectionView<Iterable<String>> files) {
      this.commit = commit;
      this.files = files;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(commit.commit(context.sideInput(files)).text());
    }
  }
}
