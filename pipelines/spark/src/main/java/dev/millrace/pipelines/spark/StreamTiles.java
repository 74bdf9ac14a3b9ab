package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.BatchTiles;
import dev.millrace.pipelines.runs.StreamFindings;
import dev.millrace.pipelines.runs.StreamSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * A batch's tiles, and what was found in it. One look at the rows makes both: the tiles go to the
 * partition of their entity, where they wait until the batch is judged, and what was found to one
 * partition after those.
 */
final class StreamTiles implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<StreamSpec> shipped;
  private final int partitions;

  /** What a part of the rows has for a partition: tiles, or findings. */
  record Share(List<BatchTiles.Part> tiles, List<StreamFindings> found) implements Serializable {}

  StreamTiles(Broadcast<StreamSpec> shipped, int partitions) {
    this.shipped = shipped;
    this.partitions = partitions;
  }

  /**
   * Looks at the rows, once.
   *
   * @param newests the newest time of the batches before, by partition
   * @param delay in microseconds; rows that happened so long before that are late
   */
  JavaRDD<Share> look(JavaRDD<StreamPart> rows, Map<Integer, Long> newests, long delay) {
    return Steps.apart(
        Steps.then(rows, parts -> shares(parts, new TreeMap<>(newests), delay)), partitions + 1);
  }

  private Iterator<Tuple2<Integer, Share>> shares(
      Iterator<StreamPart> parts, Map<Integer, Long> newests, long delay) {
    StreamSpec spec = shipped.value();
    List<Tuple2<Integer, Share>> shares = new ArrayList<>();
    while (parts.hasNext()) {
      StreamPart part = parts.next();
      Map<Integer, Share> tiles = new TreeMap<>();
      for (BatchTiles.Part each : BatchTiles.of(spec, part.kept().iterator())) {
        tiles
            .computeIfAbsent(
                Math.floorMod(each.entity().hashCode(), partitions),
                none -> new Share(new ArrayList<>(), List.of()))
            .tiles()
            .add(each);
      }
      tiles.forEach((partition, share) -> shares.add(new Tuple2<>(partition, share)));
      StreamFindings found = StreamFindings.of(part.rows().iterator(), spec, newests, delay);
      shares.add(new Tuple2<>(partitions, new Share(List.of(), List.of(found))));
    }
    return shares.iterator();
  }

  /** What was found in all of the rows. */
  StreamFindings found(JavaRDD<Share> shares) {
    StreamSpec spec = shipped.value();
    StreamFindings all = StreamFindings.none(spec);
    Steps.run(
            shares,
            partitions,
            partitions + 1,
            each -> Steps.each(each, share -> share.found().stream()))
        .forEach(found -> all.and(found, spec));
    return all;
  }

  /**
   * Adds the tiles to those of their entities; returns how many entities changed.
   *
   * @param log names the log
   * @param position of the batch
   * @param versions of the log that each view's space was loaded from
   */
  long put(JavaRDD<Share> shares, long log, long position, long[] versions) {
    return Steps.run(
            shares,
            0,
            partitions,
            each -> {
              StreamSpec spec = shipped.value();
              BatchTiles tiles =
                  new BatchTiles(
                      spec, log, position, versions, address -> StreamStores.of(spec.id, address));
              return List.of(tiles.put(Steps.each(each, share -> share.tiles().stream())))
                  .iterator();
            })
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
