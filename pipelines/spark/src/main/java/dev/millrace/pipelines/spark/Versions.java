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
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/** What locations hold, each looked at once. */
final class Versions implements Function<Scan, String> {
  private final SparkSession session;
  private final Function<Location, String> whole;
  private final Map<Location, String> known = new HashMap<>();
  private final Map<String, DeltaHistory> histories = new HashMap<>();

  /**
   * @param whole the version of all that a location holds
   */
  Versions(SparkSession session, Function<Location, String> whole) {
    this.session = session;
    this.whole = whole;
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
    return known.computeIfAbsent(scan.location(), whole);
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
