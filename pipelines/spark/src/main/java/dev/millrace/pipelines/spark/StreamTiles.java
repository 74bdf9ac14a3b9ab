package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.BatchTiles;
import dev.millrace.pipelines.runs.StreamSpec;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/** Adds a batch's rows to the tiles of their entities, those of an entity in one task. */
final class StreamTiles implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<StreamSpec> shipped;
  private final long log;
  private final long position;
  private final long[] versions;

  /**
   * @param log names the log
   * @param position of the batch
   * @param versions of the log that each view's space was loaded from
   */
  StreamTiles(Broadcast<StreamSpec> shipped, long log, long position, long[] versions) {
    this.shipped = shipped;
    this.log = log;
    this.position = position;
    this.versions = versions;
  }

  /** Adds the rows of the log; returns how many entities changed. */
  long add(JavaRDD<InternalRow> kept, int partitions) {
    return kept
        .mapPartitionsToPair(
            rows ->
                BatchTiles.of(shipped.value(), rows).stream()
                    .map(part -> new Tuple2<>(part.entity(), part))
                    .iterator())
        .partitionBy(new HashPartitioner(partitions))
        .mapPartitions(this::put)
        .collect()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private Iterator<Long> put(Iterator<Tuple2<String, BatchTiles.Part>> parts) {
    StreamSpec spec = shipped.value();
    BatchTiles tiles =
        new BatchTiles(spec, log, position, versions, address -> StreamStores.of(spec.id, address));
    Iterable<Tuple2<String, BatchTiles.Part>> all = () -> parts;
    return List.of(
            tiles.put(
                java.util.stream.StreamSupport.stream(all.spliterator(), false)
                    .map(Tuple2::_2)
                    .iterator()))
        .iterator();
  }
}
