package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.stores.LoadStamp;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Micros;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;

/**
 * Loads tiles into the online store, an entity at a time; each task writes over a connection of its
 * own.
 */
final class OnlineSinkRun implements SinkRun {
  private final Versions versions;

  OnlineSinkRun(Versions versions) {
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
    LoadStamp stamp = new LoadStamp(Micros.of(tilesUntil.end()), run);
    List<Column> keys = aggregate.keys();
    Dataset<Row> tiles = compilation.compile(aggregate, run);
    LongAccumulator entities = tiles.sparkSession().sparkContext().longAccumulator("entities");
    tiles.foreachPartition(new OnlineLoad(sink, stamp, keys, entities));
    compilation.setAside(Account.NONE);
    Sink.OnlineAddress address = sink.address();
    try (OnlineStore store =
        OnlineStore.connect(address.host(), address.port(), OnlineLoad.TIMEOUT)) {
      store.sweep(sink.space(), stamp);
    }
    return new WriteReport(
        "redis " + sink.address() + " " + sink.space(),
        "",
        entities.value(),
        false,
        compilation.expectations(),
        versions.read());
  }
}
