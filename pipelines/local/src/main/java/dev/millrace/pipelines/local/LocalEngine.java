package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.problem.MillraceException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs plans over rows that it holds in memory: those handed to it, and those that it wrote. A run
 * takes milliseconds and leaves nothing outside. Values are plain Java, as {@link
 * dev.millrace.transforms.expression.PlainValues} lists them.
 */
public final class LocalEngine implements Engine {
  private final Tables tables = new Tables();

  private LocalEngine() {}

  /** An engine that holds nothing yet. */
  public static LocalEngine empty() {
    return new LocalEngine();
  }

  /** Holds rows as what lies at a location; of those held there before, plans see no more. */
  public LocalEngine hold(Location location, Rows rows) {
    tables.put(location, rows);
    return this;
  }

  @Override
  public Rows collect(Node node) {
    return new LocalRun(tables::read, tables).rows(node).plain();
  }

  /** What is written online it keeps in memory, as tiles. */
  /** Scripts of a stream are run instead: {@link #stream}. */
  @Override
  public Following follow(Follow follow, FollowSettings settings, Following.Listener listener) {
    throw MillraceException.because(
        "The local engine cannot follow " + follow.name(),
        "it ends when it has run",
        "Script the stream, or follow it with Spark or Beam");
  }

  @Override
  public Rows online(OnlineRead read) {
    throw MillraceException.because(
        "Cannot read the online store at " + read.address(),
        "the local engine keeps what it writes in memory",
        "Read it on Spark");
  }

  /**
   * The plan's rows when the events of one of its locations come as a stream. Tiles are made of
   * each batch and merged, as a stream writes them, wherever the plan lets one row be looked at
   * without the others; the rows are those of a batch run over all that was delivered.
   */
  public StreamReport stream(Node node, Location source, Script script) {
    return new LocalStream(tables, source, script).run(node);
  }

  @Override
  public WriteReport run(Write write) {
    Map<String, String> read = new TreeMap<>();
    for (Scan scan : PlanNodes.of(write.input(), Scan.class)) {
      read.put(scan.location().toString(), version(scan.location()));
    }
    LocalRun run = new LocalRun(tables::read, tables);
    Rows rows = run.rows(write.input()).plain();
    Location location = location(write.sink());
    Rows after = rows;
    if (write.sink() instanceof Sink.Delta delta
        && delta.interval().isPresent()
        && tables.has(location)) {
      after = Intervals.replace(tables.read(location), delta.interval().get(), rows);
    }
    if (write.sink() instanceof Sink.Delta delta && !run.expectations().isEmpty()) {
      tables.ran(delta.path(), new PastRun(delta.interval(), run.expectations()));
    }
    boolean unchanged = tables.has(location) && RowSets.same(tables.read(location), after);
    int version = unchanged ? tables.version(location) : tables.put(location, after);
    long count =
        write.sink() instanceof Sink.Online
            ? entities(rows, ((WindowAggregate) write.input()).keys().size())
            : rows.values().size();
    return new WriteReport(
        location.toString(), Integer.toString(version), count, unchanged, run.expectations(), read);
  }

  /** Where what was written can be read; of a topic, the messages of the last run. */
  private static Location location(Sink sink) {
    if (sink instanceof Sink.Delta delta) {
      return Location.DeltaTable.at(delta.path());
    }
    if (sink instanceof Sink.Parquet parquet) {
      return new Location.Files(Location.Files.Format.PARQUET, parquet.path());
    }
    if (sink instanceof Sink.Iceberg iceberg) {
      return Location.IcebergTable.named(iceberg.table());
    }
    return new Location.Memory(
        sink instanceof Sink.Online online ? "online " + online.space() : sink.toString());
  }

  /** How many keys rows are of, which stand first in them. */
  private static long entities(Rows tiles, int keys) {
    Set<List<?>> entities = new HashSet<>();
    tiles.values().forEach(row -> entities.add(row.subList(0, keys)));
    return entities.size();
  }

  @Override
  public String version(Location location) {
    return Integer.toString(tables.version(location));
  }

  /** Rows in memory are in no files. */
  @Override
  public Compaction compact(Location.DeltaTable table) {
    tables.read(table);
    return new Compaction(0, 0);
  }

  /** Rows in memory are in no files, and every version stays. */
  @Override
  public long vacuum(Location.DeltaTable table, Instant since, Set<Long> pinned) {
    tables.read(table);
    return 0;
  }

  /** Nothing is kept of what wrote a table: all is to be written. */
  @Override
  public List<Standing> standing(List<Write> writes) {
    return writes.stream().map(write -> Standing.MISSING).toList();
  }

  /** Nothing is kept of what wrote a table. */
  @Override
  public Optional<LastRun> lastRun(Location.DeltaTable table, Location.DeltaTable aside) {
    return Optional.empty();
  }

  @Override
  public List<PastRun> runs(Location.DeltaTable table) {
    return tables.runs(table.path());
  }

  @Override
  public void close() {}
}
