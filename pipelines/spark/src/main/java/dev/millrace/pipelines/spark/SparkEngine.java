package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Schema;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.SQLExecution;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.runtime.AbstractFunction0;

/** Runs plans as Spark batch jobs, in a session of its own under the pinned SQL settings. */
public final class SparkEngine implements Engine {
  private final SparkSession session;
  private final boolean stopsSession;
  private final MemoryTables memory = new MemoryTables();
  private final Sources sources;
  private InstantSource clock = InstantSource.system();
  private final TaskProgress progress = new TaskProgress();

  private SparkEngine(SparkSession session, boolean stopsSession) {
    this.session = session;
    this.stopsSession = stopsSession;
    this.sources = new Sources(session, memory);
    session.sparkContext().addSparkListener(progress);
  }

  /**
   * Spark in this process, which {@link #close} stops.
   *
   * @param settings of Spark, over the defaults for one machine
   */
  public static SparkEngine local(Map<String, String> settings) {
    return new SparkEngine(Sessions.local(settings), true);
  }

  /** The cluster's session, which stays open and whose settings stay as they are. */
  public static SparkEngine on(SparkSession session) {
    return new SparkEngine(Sessions.pinned(session), false);
  }

  /** Holds rows as what a plan finds under this name in memory, in place of those held before. */
  public void hold(String name, Rows rows) {
    memory.hold(name, rows);
  }

  /** Goes by another clock, for tests of what depends on it. */
  void goBy(InstantSource other) {
    clock = other;
  }

  /** Who is told how many of Spark's tasks are done, of those known; counted anew from here on. */
  public void onProgress(ProgressListener listener) {
    progress.tell(listener);
  }

  /** Hears of progress, on a thread of Spark's. */
  public interface ProgressListener {
    void progress(long done, long total);
  }

  /** The session that plans run in. */
  public SparkSession session() {
    return session;
  }

  /**
   * Work in the engine's session, which expressions parsed meanwhile take their settings from:
   * Spark parses under the thread's active session, whatever dataset the expression is for. Tasks
   * have them too, which go by Spark's defaults where a plan is run without a Dataset's action.
   */
  public <T> T inSession(Callable<T> work) {
    return within(session, work);
  }

  private static <T> T within(SparkSession session, Callable<T> work) {
    Option<SparkSession> before = SparkSession.getActiveSession();
    SparkSession.setActiveSession(session);
    try {
      return SQLExecution.withSQLConfPropagated(
          session,
          new AbstractFunction0<T>() {
            @Override
            public T apply() {
              return Failures.explained(work);
            }
          });
    } finally {
      if (before.isDefined()) {
        SparkSession.setActiveSession(before.get());
      } else {
        SparkSession.clearActiveSession();
      }
    }
  }

  @Override
  public WriteReport run(Write write) {
    return inSession(
        () -> {
          Versions versions = new Versions(session, sources);
          SinkRun sink = sink(write.sink(), versions);
          try (Compilation compilation =
              new Compilation(session, sources, versions, clock.instant())) {
            return sink.run(write, compilation);
          }
        });
  }

  @Override
  public Following follow(Follow follow, FollowSettings settings, Following.Listener listener) {
    if (follow.stream().location() instanceof Location.Pubsub messages) {
      throw MillraceException.because(
          "Spark cannot follow " + messages,
          "it has no source of Pub/Sub",
          "Follow it with the Beam engine, or send its messages through a topic of Kafka");
    }
    return inSession(() -> new StreamRun(session, sources, follow, settings, listener).start());
  }

  @Override
  public List<Standing> standing(List<Write> writes) {
    return inSession(
        () -> {
          Versions versions = new Versions(session, sources);
          return writes.stream()
              .map(write -> sink(write.sink(), versions).standing(write))
              .toList();
        });
  }

  @Override
  public Optional<LastRun> lastRun(Location.DeltaTable table, Location.DeltaTable aside) {
    return inSession(
        () ->
            DeltaHistory.of(session, table.path()).lastRun(DeltaHistory.of(session, aside.path())));
  }

  @Override
  public List<PastRun> runs(Location.DeltaTable table) {
    return inSession(() -> DeltaHistory.of(session, table.path()).runsOfNoStream());
  }

  private SinkRun sink(Sink sink, Versions versions) {
    if (sink instanceof Sink.Delta) {
      return new DeltaSinkRun(session, versions);
    }
    if (sink instanceof Sink.Online) {
      return new OnlineSinkRun(session, versions);
    }
    WholeSinkRun.Target target =
        sink instanceof Sink.Parquet parquet
            ? new ParquetTarget(session, parquet)
            : sink instanceof Sink.Iceberg iceberg
                ? new IcebergTarget(session, iceberg)
                : new KafkaTarget(session, (Sink.Kafka) sink);
    return new WholeSinkRun(target, versions);
  }

  @Override
  public Compaction compact(Location.DeltaTable table) {
    return inSession(() -> DeltaHistory.compact(session, table.path()));
  }

  @Override
  public long vacuum(Location.DeltaTable table, Instant since, Set<Long> pinned) {
    return inSession(() -> Vacuum.run(session, table.path(), since, pinned));
  }

  @Override
  public Rows collect(Node node) {
    return inSession(
        () -> {
          Versions versions = new Versions(session, sources);
          versions.requireNoStreamAside(node);
          try (Compilation compilation =
              new Compilation(session, sources, versions, clock.instant())) {
            Rows rows = collected(node.schema(), compilation.compile(node, ""));
            compilation.setAside(Account.NONE);
            return rows;
          }
        });
  }

  private static Rows collected(Schema schema, Dataset<Row> rows) {
    List<List<@Nullable Object>> values = new ArrayList<>();
    for (InternalRow row : rows.queryExecution().executedPlan().executeCollect()) {
      values.add(PlainRows.fromCatalyst(schema, row));
    }
    return new Rows(schema, values);
  }

  @Override
  public Rows online(OnlineRead read) {
    return inSession(() -> collected(read.schema(), OnlineScan.rows(session, read)));
  }

  /**
   * A plan's rows as a dataset, and the version of each location that they are read from, by the
   * location's text. Tables are read at that version whenever the rows are computed; files and
   * databases as they are then.
   */
  public record Read(Dataset<Row> rows, Map<String, String> versions) {}

  /**
   * The rows of a plan as a dataset of the engine's session.
   *
   * @throws IllegalArgumentException for a plan with expectations, whose rows are judged when it is
   *     run
   */
  public Read read(Node node) {
    if (!PlanNodes.of(node, Expect.class).isEmpty()) {
      throw new IllegalArgumentException(
          "A plan with expectations is run, so that bad rows go aside, and then read from its sink.");
    }
    return inSession(
        () -> {
          Versions versions = new Versions(session, sources);
          Dataset<Row> rows =
              new Compilation(session, sources, versions, clock.instant()).compile(node, "");
          return new Read(rows, versions.read());
        });
  }

  @Override
  public String version(Location location) {
    return inSession(() -> new Versions(session, sources).of(location));
  }

  /**
   * An expectation that rows hold now.
   *
   * @param since what it was found by
   * @param code as a definition has it
   */
  public record Suggestion(String column, String since, String code) {}

  /** Expectations that the rows hold now, as Deequ suggests them. */
  public List<Suggestion> suggest(Node rows) {
    // Deequ's analyzers fail under the pinned settings: they cast what need not be a number.
    SparkSession plain = session.newSession();
    Sources from = new Sources(plain, memory);
    Versions versions = new Versions(plain, from);
    return within(
        plain,
        () ->
            Suggestions.of(
                new Compilation(plain, from, versions, clock.instant()).compile(rows, "")));
  }

  /** Runs a query of Spark SQL and gives its result as text, a row a line, for a person. */
  public List<List<String>> sql(String query, int mostRows) {
    return inSession(
        () -> {
          try {
            Dataset<Row> result = session.sql(query);
            List<List<String>> lines = new ArrayList<>();
            lines.add(List.of(result.columns()));
            for (Row row : result.takeAsList(mostRows)) {
              List<String> cells = new ArrayList<>();
              for (int i = 0; i < row.size(); i++) {
                cells.add(String.valueOf(row.get(i)));
              }
              lines.add(cells);
            }
            return lines;
          } catch (Exception failure) {
            throw new MillraceException(
                new Problem(
                    "Cannot run the query",
                    Failures.rootMessage(failure),
                    "Delta tables are delta.`PATH`; the registry is registry.models.versions"),
                failure);
          }
        });
  }

  @Override
  public void close() {
    session.sparkContext().removeSparkListener(progress);
    if (stopsSession) {
      session.stop();
    }
  }
}
