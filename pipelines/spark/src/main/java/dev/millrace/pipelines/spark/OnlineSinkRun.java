package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
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
final class OnlineSinkRun {
  private final Compilation compilation;
  private final Versions versions;

  OnlineSinkRun(Compilation compilation, Versions versions) {
    this.compilation = compilation;
    this.versions = versions;
  }

  WriteReport run(Node input, Sink.Online sink) {
    WindowAggregate aggregate = (WindowAggregate) input;
    Emit.Tiles tilesUntil = (Emit.Tiles) aggregate.emit();
    String run = PlanIdentity.of(input, sink.space(), versions).digest();
    LoadStamp stamp = new LoadStamp(Micros.of(tilesUntil.end()), run);
    List<Column> keys = aggregate.keys();
    Dataset<Row> tiles = compilation.compile(aggregate, run);
    LongAccumulator entities = tiles.sparkSession().sparkContext().longAccumulator("entities");
    tiles.foreachPartition(new OnlineLoad(sink, stamp, keys, entities));
    compilation.setAside(DeltaHistory.Account.NONE);
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
        compilation.expectations());
  }
}
