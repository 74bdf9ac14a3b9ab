package dev.millrace.pipelines.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where a plan's rows go. Writing the same rows again leaves a sink as it is. */
public sealed interface Sink {
  /**
   * A Delta table, replaced whole or within an interval of time in one commit. A run whose plan and
   * inputs are those of the last one over that interval writes nothing.
   *
   * @param partitionBy columns of few values
   * @param interval what of the table the rows replace; all of it where empty
   */
  record Delta(String path, List<String> partitionBy, Optional<Interval> interval) implements Sink {
    public Delta {
      partitionBy = List.copyOf(partitionBy);
    }

    /** A table that is replaced whole. */
    public static Delta whole(String path) {
      return new Delta(path, List.of(), Optional.empty());
    }
  }

  /**
   * The online store: an entity's tiles, replaced whole. Takes the rows of a {@link
   * WindowAggregate} that emits tiles.
   *
   * @param space what the keys are of, and which version of it
   * @param ttl how long an entity that is not written again is kept
   */
  record Online(OnlineAddress address, String space, Duration ttl) implements Sink {}

  /** A Redis server. */
  record OnlineAddress(String host, int port) implements java.io.Serializable {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}
