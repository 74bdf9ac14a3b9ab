package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.type.Column;
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

  OnlineSinkRun(Compilation compilation) {
    this.compilation = compilation;
  }

  WriteReport run(Node input, Sink.Online sink) {
    if (!(input instanceof WindowAggregate aggregate)) {
      throw new IllegalArgumentException("the online store takes tiles");
    }
    List<Column> keys = aggregate.keys();
    Dataset<Row> tiles = compilation.compile(aggregate);
    LongAccumulator entities = tiles.sparkSession().sparkContext().longAccumulator("entities");
    tiles.foreachPartition(new OnlineLoad(sink, keys, entities));
    return new WriteReport(
        "redis " + sink.address() + " " + sink.space(),
        "",
        entities.value(),
        false,
        compilation.expectations());
  }
}
