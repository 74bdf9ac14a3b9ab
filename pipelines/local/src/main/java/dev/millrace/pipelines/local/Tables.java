package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.transforms.problem.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the engine holds, by location; of a Delta table, every version. */
final class Tables {
  private final Map<String, List<Rows>> versions = new TreeMap<>();
  private final Map<String, List<PastRun>> runs = new TreeMap<>();

  /** Puts rows there as the newest version, and gives its number. */
  synchronized int put(Location location, Rows rows) {
    List<Rows> all = versions.computeIfAbsent(name(location), none -> new ArrayList<>());
    all.add(rows);
    return all.size() - 1;
  }

  synchronized boolean has(Location location) {
    return versions.containsKey(name(location));
  }

  synchronized int version(Location location) {
    return location instanceof Location.DeltaTable table && table.version().isPresent()
        ? (int) table.version().getAsLong()
        : found(location).size() - 1;
  }

  synchronized Rows read(Location location) {
    List<Rows> all = found(location);
    int version = version(location);
    if (version >= all.size()) {
      throw MillraceException.because(
          "Cannot read " + location,
          "the newest version is " + (all.size() - 1),
          "Name one of them");
    }
    return all.get(version);
  }

  /** What runs found whose rows, or those set aside, went to this table, newest first. */
  synchronized List<PastRun> runs(String table) {
    return List.copyOf(runs.getOrDefault(table, List.of()));
  }

  synchronized void ran(String quarantine, PastRun run) {
    runs.computeIfAbsent(quarantine, none -> new ArrayList<>()).add(0, run);
  }

  private List<Rows> found(Location location) {
    List<Rows> all = versions.get(name(location));
    if (all == null) {
      throw MillraceException.because(
          "Cannot read " + location,
          "the local engine reads rows in memory alone, and holds " + versions.keySet(),
          "Hand the rows to the engine with hold(...)");
    }
    return all;
  }

  private static String name(Location location) {
    return location instanceof Location.DeltaTable table
        ? Location.DeltaTable.at(table.path()).toString()
        : location.toString();
  }
}
