package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.TableHistory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What locations hold, each looked at once, and what of it a run reads. */
final class Versions implements Function<Scan, String> {
  private final SparkSession session;
  private final Sources sources;
  private final Map<Location, String> known = new HashMap<>();
  private final Map<Location, Location> pinned = new HashMap<>();

  /** By the paths of tables. */
  private final Map<String, String> ids = new HashMap<>();

  private final Map<String, TableHistory> histories = new HashMap<>();
  private final Map<String, Location> read = new TreeMap<>();

  Versions(SparkSession session, Sources sources) {
    this.session = session;
    this.sources = sources;
  }

  /**
   * The version of what the scan sees: of its interval alone where a Delta table has one. A table
   * that was made anew has the same numbers, and is another.
   */
  @Override
  public String apply(Scan scan) {
    if (!(pinned(scan.location()) instanceof Location.DeltaTable table)) {
      return of(scan.location());
    }
    String version =
        scan.within().isPresent()
            ? newest(table, scan.within()).orElse("none")
            : of(scan.location());
    return ids.computeIfAbsent(table.path(), path -> DeltaHistory.id(session, path))
        + " "
        + version;
  }

  /** The version of all that a location holds. Of a Delta table, the newest that changed rows. */
  String of(Location location) {
    String version = known.get(location);
    if (version == null) {
      Location pin = pinned(location);
      boolean mayHaveChanged = !pin.equals(location);
      version =
          mayHaveChanged && pin instanceof Location.DeltaTable table
              ? newest(table, Optional.empty()).orElseGet(() -> sources.version(pin))
              : sources.version(pin);
      known.put(location, version);
    }
    return version;
  }

  private Optional<String> newest(Location.DeltaTable table, Optional<Interval> interval) {
    return history(table.path())
        .newest(interval, table.version())
        .map(commit -> Long.toString(commit.version()));
  }

  /** The location at the version that this run sees of it, however often and late it looks. */
  Location pinned(Location location) {
    Location pin = pinned.get(location);
    if (pin == null) {
      pin = sources.pinned(location);
      pinned.put(location, pin);
    }
    return pin;
  }

  /** What a run of a plan that replaces rows of a table builds on. */
  TableHistory.ReadVersion base(Node input, String path) {
    return TableHistory.ReadVersion.of(
        input, path, table -> ((Location.DeltaTable) pinned(table)).version(), history(path));
  }

  /**
   * Holds of what a plan sets rows aside in.
   *
   * @throws dev.millrace.transforms.problem.MillraceException where a stream goes there too
   */
  void requireNoStreamAside(Node input) {
    PlanNodes.of(input, Expect.class).stream()
        .map(Expect::quarantine)
        .forEach(quarantine -> history(quarantine.path()).requireNoStream(quarantine));
  }

  /** The rows of a scan. */
  Dataset<Row> read(Scan scan) {
    read.put(scan.location().toString(), scan.location());
    return sources.read(new Scan(pinned(scan.location()), scan.schema(), scan.within()));
  }

  /** The versions of what was read. */
  Map<String, String> read() {
    Map<String, String> versions = new TreeMap<>();
    read.forEach((name, location) -> versions.put(name, of(location)));
    return versions;
  }

  TableHistory history(String path) {
    TableHistory known = histories.get(path);
    if (known == null) {
      known = DeltaHistory.of(session, path);
      histories.put(path, known);
    }
    return Objects.requireNonNull(known);
  }

  /** Whether the rows that did not hold were put aside by a run that wrote the same. */
  boolean isAsideCurrent(Node input, List<Account.Part> parts) {
    return PlanNodes.of(input, Expect.class).stream()
        .map(expect -> history(expect.quarantine().path()))
        .allMatch(aside -> parts.stream().allMatch(aside::has));
  }
}
