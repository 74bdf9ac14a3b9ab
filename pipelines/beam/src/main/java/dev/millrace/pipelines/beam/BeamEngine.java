package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.PlanPrinter;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Runs plans as Beam pipelines, on the runner that the options name. Workers need Catalyst and no
 * Spark session. What a run gives back to its caller goes through {@code --tempLocation}, which
 * workers and caller must both see; a folder of this machine unless it is given.
 */
public final class BeamEngine implements Engine {
  private final PipelineOptions options;
  private final List<String> arguments;
  private final Map<String, Rows> memory = new TreeMap<>();

  private BeamEngine(PipelineOptions options, List<String> arguments) {
    this.options = options;
    this.arguments = List.copyOf(arguments);
    FileSystems.setDefaultPipelineOptions(options);
  }

  /** An engine whose pipelines have these options. */
  public static BeamEngine on(PipelineOptions options) {
    return new BeamEngine(options, List.of());
  }

  /**
   * An engine of a runner.
   *
   * @param arguments options of Beam and of the runner, such as {@code --runner=FlinkRunner}
   * @throws MillraceException where the runner does not know one, or lacks one
   */
  public static BeamEngine of(List<String> arguments) {
    return new BeamEngine(RunnerOptions.parse(arguments), arguments);
  }

  /** Holds rows as what a plan finds under this name in memory, in place of those held before. */
  public void hold(String name, Rows rows) {
    memory.put(name, rows);
  }

  @Override
  public Rows collect(Node node) {
    Sources sources = new Sources(memory);
    Pipeline pipeline = Pipeline.create(options);
    Translation translation = new Translation(pipeline, sources, Instant.now(), "");
    PCollection<UnsafeRow> rows = translation.rows(node);
    translation.judgements().forEach(judged -> Sinks.setAside(judged, Optional.empty(), ""));
    return givingBack(
        back -> {
          back.write(rows, "rows");
          run(pipeline);
          return new Rows(
              node.schema(),
              back.read("rows", RowCoder.of()).stream()
                  .map(row -> PlainRows.fromCatalyst(node.schema(), row))
                  .toList());
        });
  }

  /** The greatest value of the one time column of a scan; empty where there is none. */
  Optional<Long> newest(Scan scan) {
    Pipeline pipeline = Pipeline.create(options);
    Translation translation =
        new Translation(pipeline, new Sources(memory), Instant.now(), "newest");
    PCollection<Long> newest =
        translation
            .rows(scan)
            .apply("Times", ParDo.of(new TimesFn()))
            .setCoder(VarLongCoder.of())
            .apply("Newest", Combine.globally(Max.ofLongs()).withoutDefaults());
    return givingBack(
        back -> {
          back.write(newest, "newest");
          run(pipeline);
          return back.read("newest", VarLongCoder.of()).stream().findFirst();
        });
  }

  static final class TimesFn extends DoFn<UnsafeRow, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element UnsafeRow row, OutputReceiver<Long> out) {
      if (!row.isNullAt(0)) {
        out.output(row.getLong(0));
      }
    }
  }

  @Override
  public Following follow(Follow follow, FollowSettings settings, Following.Listener listener) {
    Supplier<PipelineOptions> ofStream =
        () ->
            arguments.isEmpty()
                ? options
                : RunnerOptions.parse(RunnerOptions.ofStream(arguments, settings.checkpoint()));
    return new StreamFollowing(new StreamStart(this, ofStream, follow, settings), listener);
  }

  @Override
  public WriteReport run(Write write) {
    Sources sources = new Sources(memory);
    if (write.sink() instanceof Sink.Delta delta) {
      return toDelta(write, delta, identity(write, sources), sources);
    }
    return write.sink() instanceof Sink.Online online
        ? toOnline(write, online, identity(write, sources), sources)
        : toWhole(write, sources);
  }

  private WriteReport toDelta(Write write, Sink.Delta sink, String identity, Sources sources) {
    DeltaCommit commit = new DeltaCommit(sink, write.input().schema(), identity);
    Map<String, String> read = sources.versions(write.input());
    Optional<DeltaCommit.Done> found = commit.found();
    if (found.isPresent() && Sinks.isAsideDone(write, identity)) {
      return report(sink.path(), found.get(), true, List.of(), read);
    }
    Translation translation = translation(sources, identity);
    PCollection<UnsafeRow> rows = translation.rows(write.input());
    PCollection<String> done =
        Sinks.toDelta(
            "Write", rows, write.input().schema(), sink, commit, translation.judgements());
    return published(
        translation,
        done,
        identity,
        (text, results) ->
            report(sink.path(), DeltaCommit.Done.parse(text), found.isPresent(), results, read));
  }

  private WriteReport toOnline(Write write, Sink.Online sink, String identity, Sources sources) {
    WindowAggregate aggregate = (WindowAggregate) write.input();
    OnlineTiles tiles = OnlineTiles.of(sink, aggregate, sources);
    tiles.requireNotOlder();
    Translation translation = translation(sources, identity);
    PCollection<UnsafeRow> inputs = translation.rows(aggregate.events().inputs());
    return published(
        translation,
        tiles.load(inputs, translation.judgements()),
        identity,
        (entities, results) ->
            new WriteReport(
                "redis " + sink.address() + " " + sink.space(),
                "",
                Long.parseLong(entities),
                false,
                results,
                sources.versions(aggregate)));
  }

  private WriteReport toWhole(Write write, Sources sources) {
    WholeSink sink = WholeSink.of(write, options);
    PlanIdentity identity = sources.identity(write.input(), sink.toString());
    Optional<Kept> before = sink.kept(identity);
    boolean current = Kept.standing(before, identity) == Standing.CURRENT;
    if (current && Sinks.isAsideDone(write, identity.digest())) {
      return report(write, before.orElseThrow());
    }
    Map<String, String> read = sources.versions(write.input());
    Translation translation = translation(sources, identity.digest());
    PCollection<UnsafeRow> rows = translation.rows(write.input());
    PCollection<String> done =
        current
            ? rows.getPipeline()
                .apply("Kept", Create.of(WholeSink.Held.of(before.orElseThrow()).text()))
            : sink.replace(rows, new RunAccount(identity, read, translation.judgements()));
    return published(
        translation,
        done,
        identity.digest(),
        (text, results) -> {
          WholeSink.Held held = WholeSink.Held.parse(text);
          return new WriteReport(
              write.sink().toString(), held.version(), held.rows(), current, results, read);
        });
  }

  private Translation translation(Sources sources, String run) {
    return new Translation(Pipeline.create(options), sources, Instant.now(), run);
  }

  /** What a run came to, of what its sink says and what was found of its rows. */
  private interface Report {
    WriteReport of(String done, List<ExpectationResult> found);
  }

  /** Runs a pipeline whose rows end in a sink, and sets aside what does not hold. */
  private WriteReport published(
      Translation translation, PCollection<String> done, String identity, Report report) {
    translation.judgements().forEach(judged -> Sinks.setAside(judged, Optional.of(done), identity));
    return givingBack(
        back -> {
          back.write(done, "done");
          giveBack(translation, back);
          run(done.getPipeline());
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

  /** What the plan would do, where to, and what it reads now: equal for runs of equal results. */
  private static String identity(Write write, Sources sources) {
    return Digest.sha256(
        PlanPrinter.print(write.input()) + "\n" + write.sink() + sources.versions(write.input()));
  }

  private void run(Pipeline pipeline) {
    try {
      pipeline.run().waitUntilFinish();
    } catch (RuntimeException failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof MillraceException explained) {
          throw explained;
        }
      }
      throw failure;
    }
  }

  private interface Work<T> {
    T with(Collected back);
  }

  private <T> T givingBack(Work<T> work) {
    String shared = options.getTempLocation();
    try {
      Path folder = shared == null ? Files.createTempDirectory("millrace-beam") : null;
      String name = folder == null ? shared + "/" + java.util.UUID.randomUUID() : folder.toString();
      try {
        return work.with(new Collected(name));
      } finally {
        if (folder != null) {
          delete(folder);
        }
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @Override
  public List<Standing> standing(List<Write> writes) {
    Sources sources = new Sources(memory);
    return writes.stream().map(write -> standing(write, sources)).toList();
  }

  private Standing standing(Write write, Sources sources) {
    if (write.sink() instanceof Sink.Online) {
      return Standing.MISSING;
    }
    if (!(write.sink() instanceof Sink.Delta sink)) {
      WholeSink whole = WholeSink.of(write, options);
      PlanIdentity identity = sources.identity(write.input(), whole.toString());
      return Kept.standing(whole.kept(identity), identity);
    }
    DeltaCommit commit = new DeltaCommit(sink, write.input().schema(), identity(write, sources));
    if (commit.found().isPresent()) {
      return Standing.CURRENT;
    }
    return commit.exists() ? Standing.DEFINITION_CHANGED : Standing.MISSING;
  }

  @Override
  public Rows online(OnlineRead read) {
    throw MillraceException.because(
        "Cannot read the online store at " + read.address(),
        "the Beam engine writes it, and reads it nowhere",
        "Read it on Spark");
  }

  @Override
  public String version(Location location) {
    return new Sources(memory).version(location);
  }

  @Override
  public Compaction compact(Location.DeltaTable table) {
    throw upkeep("compact " + table);
  }

  @Override
  public long vacuum(Location.DeltaTable table, Instant since, Set<Long> pinned) {
    throw upkeep("vacuum " + table);
  }

  private static MillraceException upkeep(String what) {
    return MillraceException.because(
        "The Beam engine cannot " + what,
        "Delta's library without Spark reads and writes tables, and does not tidy them",
        "Run it with Spark");
  }

  @Override
  public void close() {}
}
