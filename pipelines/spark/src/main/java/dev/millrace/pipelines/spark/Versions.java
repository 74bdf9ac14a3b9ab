package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
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
  private final Map<String, DeltaHistory> histories = new HashMap<>();
  private final Map<String, Location> read = new TreeMap<>();

  Versions(SparkSession session, Sources sources) {
    this.session = session;
    this.sources = sources;
  }

  /** The version of what the scan sees: of its interval alone where a Delta table has one. */
  @Override
  public String apply(Scan scan) {
    if (scan.within().isPresent() && scan.location() instanceof Location.DeltaTable table) {
      return history(table.path())
          .newest(scan.within(), table.version())
          .map(commit -> Long.toString(commit.version()))
          .orElse("none");
    }
    return whole(scan.location());
  }

  /** The version of all of it. Of a Delta table, the newest that changed rows. */
  private String whole(Location location) {
    String version = known.get(location);
    if (version == null) {
      version =
          location instanceof Location.DeltaTable table && table.version().isEmpty()
              ? history(table.path())
                  .newest(Optional.empty())
                  .map(commit -> Long.toString(commit.version()))
                  .orElseGet(() -> sources.version(location))
              : sources.version(location);
      known.put(location, version);
    }
    return version;
  }

  /** The rows of a scan, of one version of a table however often and late they are read. */
  Dataset<Row> read(Scan scan) {
    read.put(scan.location().toString(), scan.location());
    Location location = pinned.get(scan.location());
    if (location == null) {
      location = sources.pinned(scan.location());
      pinned.put(scan.location(), location);
    }
    return sources.read(new Scan(location, scan.schema(), scan.within()));
  }

  /** The versions of what was read. */
  Map<String, String> read() {
    Map<String, String> versions = new TreeMap<>();
    read.forEach((name, location) -> versions.put(name, whole(location)));
    return versions;
  }

  DeltaHistory history(String path) {
    DeltaHistory known = histories.get(path);
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
