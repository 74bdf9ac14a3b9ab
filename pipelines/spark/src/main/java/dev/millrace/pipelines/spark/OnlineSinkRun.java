package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.type.Micros;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * Loads tiles into the online store, an entity at a time; each task writes over a connection of its
 * own. spark-redis' writers do not compare what they write with what is there, and its hashes take
 * twice the time ({@code benchmarks/run load}).
 */
final class OnlineSinkRun implements SinkRun {
  private final SparkSession session;
  private final Versions versions;

  OnlineSinkRun(SparkSession session, Versions versions) {
    this.session = session;
    this.versions = versions;
  }

  /** The store does not say what is in it. */
  @Override
  public Standing standing(Write write) {
    return Standing.MISSING;
  }

  @Override
  public WriteReport run(Write write, Compilation compilation) {
    Sink.Online sink = (Sink.Online) write.sink();
    WindowAggregate aggregate = (WindowAggregate) write.input();
    Emit.Tiles tilesUntil = (Emit.Tiles) aggregate.emit();
    String run = PlanIdentity.of(aggregate, sink.space(), versions).digest();
    Stamp stamp = stamp(aggregate, Micros.of(tilesUntil.end()));
    try (OnlineStore store = OnlineStore.connect(OnlineLoad.settings(sink.address()))) {
      if (store.isStreamedBeyond(sink.space(), stamp)) {
        return report(sink, 0, true, List.of());
      }
      store.requireKeepsKeys(sink.address().toString());
      store.requireNotOlder(sink.space(), stamp, sink.address().toString());
      boolean empty = store.isEmpty(sink.space());
      versions.requireNoStreamAside(aggregate);
      Dataset<Row> tiles = compilation.compile(aggregate, run);
      LongAccumulator entities = tiles.sparkSession().sparkContext().longAccumulator("entities");
      tiles
          .queryExecution()
          .toRdd()
          .toJavaRDD()
          .foreachPartition(new OnlineLoad(sink, stamp, aggregate, entities));
      compilation.setAside(Account.NONE);
      if (!empty) {
        store.sweep(sink.space(), stamp);
      }
      store.mark(sink.space(), stamp);
      return report(sink, entities.value(), false, compilation.expectations());
    }
  }

  private WriteReport report(
      Sink.Online sink, long entities, boolean unchanged, List<ExpectationResult> found) {
    return new WriteReport(
        "redis " + sink.address() + " " + sink.space(),
        "",
        entities,
        unchanged,
        found,
        versions.read());
  }

  /** Of one log, later versions and later ends go before; of anything else, whoever comes last. */
  private Stamp stamp(WindowAggregate aggregate, long end) {
    Set<Location> read = new HashSet<>();
    PlanNodes.of(aggregate, Scan.class).forEach(scan -> read.add(scan.location()));
    if (read.size() == 1
        && versions.pinned(read.iterator().next()) instanceof Location.DeltaTable log
        && log.version().isPresent()) {
      return DeltaHistory.stamp(session, log, end);
    }
    StringBuilder all = new StringBuilder();
    read.forEach(location -> all.append(location).append(versions.of(location)).append('\n'));
    return new Stamp(Digest.first64(all.toString()), 0, 0, end);
  }
}
