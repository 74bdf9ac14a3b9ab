package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.problem.MillraceException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Combine;
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

  /** What all of its pipelines are told. */
  PipelineOptions options() {
    return options;
  }

  /** Holds rows as what a plan finds under this name in memory, in place of those held before. */
  public void hold(String name, Rows rows) {
    memory.put(name, rows);
  }

  @Override
  public Rows collect(Node node) {
    Sources sources = new Sources(options, memory);
    Pipeline pipeline = Pipeline.create(options);
    Translation translation = new Translation(pipeline, sources, Instant.now(), "");
    PCollection<UnsafeRow> rows = translation.rows(node);
    if (!translation.judgements().isEmpty()) {
      Account.Part part = Account.Part.of(Optional.empty(), sources.identity(node, "collected"));
      Account account = new Account(List.of(part), List.of(), sources.versions(node));
      translation
          .judgements()
          .forEach(judged -> Sinks.setAside(judged, Optional.empty(), account, sources));
    }
    return Collected.by(
        options,
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
        new Translation(pipeline, new Sources(options, memory), Instant.now(), "newest");
    PCollection<Long> newest =
        translation
            .rows(scan)
            .apply("Times", ParDo.of(new TimesFn()))
            .setCoder(VarLongCoder.of())
            .apply("Newest", Combine.globally(Max.ofLongs()).withoutDefaults());
    return Collected.by(
        options,
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
    StreamStart.Choosing ofStream =
        (logId, goesOn) ->
            arguments.isEmpty()
                ? options
                : RunnerOptions.parse(RunnerOptions.ofStream(arguments, settings, logId, goesOn));
    return new StreamFollowing(new StreamStart(this, ofStream, follow, settings), listener);
  }

  @Override
  public WriteReport run(Write write) {
    return new WriteRun(options, new Sources(options, memory)).run(write);
  }

  /**
   * Runs a pipeline to its end, and brings out what a person can act on.
   *
   * @throws MillraceException where the job failed or was cancelled, which some runners only tell
   */
  static void run(Pipeline pipeline) {
    try {
      State state = pipeline.run().waitUntilFinish();
      if (state == State.FAILED || state == State.CANCELLED) {
        throw MillraceException.because(
            "The job " + pipeline.getOptions().getJobName() + " did not finish",
            "its runner says that it is " + state,
            "See the runner's log of the job, and run it again");
      }
    } catch (RuntimeException failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof MillraceException explained) {
          throw explained;
        }
      }
      throw failure;
    }
  }

  @Override
  public List<Standing> standing(List<Write> writes) {
    WriteRun runs = new WriteRun(options, new Sources(options, memory));
    return writes.stream().map(runs::standing).toList();
  }

  @Override
  public Optional<LastRun> lastRun(Location.DeltaTable table, Location.DeltaTable aside) {
    return DeltaLogFiles.history(table.path()).lastRun(DeltaLogFiles.history(aside.path()));
  }

  /** Of Spark's runs: those of Beam keep what they found in the quarantine. */
  @Override
  public List<PastRun> runs(Location.DeltaTable table) {
    return DeltaLogFiles.history(table.path()).runsOfNoStream();
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
    return new Sources(options, memory).version(location);
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
