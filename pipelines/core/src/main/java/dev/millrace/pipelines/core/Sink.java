package dev.millrace.pipelines.core;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a plan's rows go. Writing the same rows again leaves a sink as it is. */
public sealed interface Sink extends Serializable {
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
   * A folder of Parquet files, replaced whole. A run whose plan and inputs are those of the last
   * one writes nothing.
   */
  record Parquet(String path) implements Sink {
    @Override
    public String toString() {
      return "parquet " + path;
    }
  }

  /**
   * An Iceberg table, replaced whole in one commit, which keeps the older snapshots. A run whose
   * plan and inputs are those of the last one writes nothing.
   *
   * @param table its name, catalog first, as the engine's settings know it
   * @param partitionBy columns of few values, of a table that is made anew
   */
  record Iceberg(String table, List<String> partitionBy) implements Sink {
    public Iceberg {
      partitionBy = List.copyOf(partitionBy);
    }

    @Override
    public String toString() {
      return "iceberg " + table;
    }
  }

  /**
   * A topic of Kafka: a message for each row, all of a run in one transaction, so that a reader of
   * committed messages sees all of them or none. Key and value are JSON objects, of the key's
   * columns and of all; times are in UTC to the microsecond. A run of a plan whose inputs are those
   * of its last run sends nothing, for as long as the brokers remember it ({@code
   * offsets.retention.minutes}), whatever other plans send to the topic.
   *
   * @param connection names the settings that say where the brokers are, so that a definition does
   *     not: {@code spark.millrace.kafka.<connection>.bootstrap.servers}, and whatever else Kafka's
   *     clients take
   * @param key columns; messages have no key where there are none
   */
  record Kafka(String connection, String topic, List<String> key) implements Sink {
    public Kafka {
      key = List.copyOf(key);
    }

    @Override
    public String toString() {
      return "kafka " + connection + " " + topic;
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

  /**
   * A Redis server, or any node of a cluster.
   *
   * @param settings how it is spoken to: {@code user}, {@code password}, {@code tls}, {@code
   *     truststore}, {@code truststore.password}, {@code cluster}, {@code timeout.ms}, {@code
   *     retries}, {@code connections}
   */
  record OnlineAddress(String host, int port, Map<String, String> settings)
      implements Serializable {
    public OnlineAddress {
      settings = Map.copyOf(settings);
    }

    /** A server without a password. */
    public OnlineAddress(String host, int port) {
      this(host, port, Map.of());
    }

    /** Without the settings, of which some are secrets. */
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}
