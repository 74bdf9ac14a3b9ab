package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Runs plans whose rows go into a sink, or finds that they are there already. */
final class WriteRun {
  private final PipelineOptions options;
  private final Sources sources;

  /** Runs that read each location at one version. */
  WriteRun(PipelineOptions options, Sources sources) {
    this.options = options;
    this.sources = sources;
  }

  /** How what is there stands to what the write would put there; computes nothing. */
  Standing standing(Write write) {
    if (write.sink() instanceof Sink.Online) {
      return Standing.MISSING;
    }
    if (!(write.sink() instanceof Sink.Delta sink)) {
      WholeSink whole = WholeSink.of(write, options);
      PlanIdentity identity = sources.identity(write.input(), whole.toString());
      return Kept.standing(whole.kept(identity), identity);
    }
    return DeltaLogFiles.history(sink.path())
        .standing(sink.interval(), PlanIdentity.of(write.input(), sink, sources::version));
  }

  WriteReport run(Write write) {
    if (write.sink() instanceof Sink.Delta delta) {
      return toDelta(write, delta);
    }
    return write.sink() instanceof Sink.Online online ? toOnline(write, online) : toWhole(write);
  }

  private WriteReport toDelta(Write write, Sink.Delta sink) {
    Map<String, String> read = sources.versions(write.input());
    List<Account.Part> parts = new ArrayList<>();
    for (Write unit : write.units()) {
      Sink.Delta of = (Sink.Delta) unit.sink();
      parts.add(
          Account.Part.of(of.interval(), PlanIdentity.of(unit.input(), of, sources::version)));
    }
    Account account = new Account(parts, List.of(), read);
    DeltaCommit commit =
        new DeltaCommit(
            sink, write.input().schema(), false, account, sources.base(write.input(), sink.path()));
    Optional<DeltaCommit.Done> found = commit.found();
    if (found.isPresent() && Sinks.isAsideDone(write, account, sources)) {
      return report(sink.path(), found.get(), true, List.of(), read);
    }
    if (found.isEmpty()) {
      commit.requireNoStream();
    }
    Translation translation =
        translation(PlanIdentity.of(write.input(), sink, sources::version).digest());
    PCollection<UnsafeRow> rows = translation.rows(write.input());
    PCollection<String> done =
        Sinks.toDelta(
            "Write", rows, write.input().schema(), sink, commit, translation.judgements());
    return published(
        translation,
        done,
        account,
        (text, results) ->
            report(sink.path(), DeltaCommit.Done.parse(text), found.isPresent(), results, read));
  }

  private WriteReport toOnline(Write write, Sink.Online sink) {
    WindowAggregate aggregate = (WindowAggregate) write.input();
    OnlineTiles tiles = OnlineTiles.of(sink, aggregate, sources);
    if (tiles.isStreamedBeyond()) {
      return report(sink, 0, true, List.of(), aggregate);
    }
    tiles.requireLoadable();
    PlanIdentity identity = sources.identity(write.input(), sink.toString());
    Translation translation = translation(identity.digest());
    PCollection<UnsafeRow> inputs = translation.rows(aggregate.events().inputs());
    return published(
        translation,
        tiles.load(inputs, translation.judgements()),
        account(identity, sources.versions(aggregate)),
        (entities, results) -> report(sink, Long.parseLong(entities), false, results, aggregate));
  }

  private WriteReport report(
      Sink.Online sink,
      long entities,
      boolean unchanged,
      List<ExpectationResult> found,
      WindowAggregate aggregate) {
    return new WriteReport(
        "redis " + sink.address() + " " + sink.space(),
        "",
        entities,
        unchanged,
        found,
        sources.versions(aggregate));
  }

  private WriteReport toWhole(Write write) {
    WholeSink sink = WholeSink.of(write, options);
    PlanIdentity identity = sources.identity(write.input(), sink.toString());
    Optional<Kept> before = sink.kept(identity);
    boolean current = Kept.standing(before, identity) == Standing.CURRENT;
    Map<String, String> read = sources.versions(write.input());
    Account account = account(identity, read);
    if (current && Sinks.isAsideDone(write, account, sources)) {
      return report(write, before.orElseThrow());
    }
    Translation translation = translation(identity.digest());
    PCollection<UnsafeRow> rows = translation.rows(write.input());
    PCollection<String> done =
        current
            ? rows.getPipeline()
                .apply("Kept", Create.of(WholeSink.Held.of(before.orElseThrow()).text()))
            : sink.replace(rows, new RunAccount(identity, read, translation.judgements()));
    return published(
        translation,
        done,
        account,
        (text, results) -> {
          WholeSink.Held held = WholeSink.Held.parse(text);
          return new WriteReport(
              write.sink().toString(), held.version(), held.rows(), current, results, read);
        });
  }

  private static Account account(PlanIdentity identity, Map<String, String> read) {
    return new Account(List.of(Account.Part.of(Optional.empty(), identity)), List.of(), read);
  }

  private Translation translation(String run) {
    return new Translation(Pipeline.create(options), sources, Instant.now(), run);
  }

  /** What a run came to, of what its sink says and what was found of its rows. */
  private interface Report {
    WriteReport of(String done, List<ExpectationResult> found);
  }

  /** Runs a pipeline whose rows end in a sink, and sets aside what does not hold. */
  private WriteReport published(
      Translation translation, PCollection<String> done, Account account, Report report) {
    translation
        .judgements()
        .forEach(judged -> Sinks.setAside(judged, Optional.of(done), account, sources));
    return Collected.by(
        options,
        back -> {
          back.write(done, "done");
          giveBack(translation, back);
          BeamEngine.run(done.getPipeline());
          return report.of(
              back.read("done", StringUtf8Coder.of()).get(0), found(translation, back));
        });
  }

  private static WriteReport report(
      String path,
      DeltaCommit.Done done,
      boolean unchanged,
      List<ExpectationResult> expectations,
      Map<String, String> read) {
    return new WriteReport(
        path, Long.toString(done.version()), done.rows(), unchanged, expectations, read);
  }

  private static WriteReport report(Write write, Kept unchanged) {
    return new WriteReport(
        write.sink().toString(),
        unchanged.version(),
        unchanged.rows(),
        true,
        unchanged.account().expectations(),
        unchanged.account().versions());
  }

  private static void giveBack(Translation translation, Collected back) {
    for (int i = 0; i < translation.judgements().size(); i++) {
      back.write(translation.judgements().get(i).found(), "found-" + i + "-");
    }
  }

  private static List<ExpectationResult> found(Translation translation, Collected back) {
    List<ExpectationResult> results = new ArrayList<>();
    for (int i = 0; i < translation.judgements().size(); i++) {
      byte[] found = back.read("found-" + i + "-", ByteArrayCoder.of()).get(0);
      results.addAll(translation.judgements().get(i).verdict().findings(found).results());
    }
    return results;
  }
}
