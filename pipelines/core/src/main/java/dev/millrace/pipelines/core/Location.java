package dev.millrace.pipelines.core;

import java.io.Serializable;
import java.util.OptionalLong;

/** Where rows lie at rest. */
public sealed interface Location extends Serializable {
  /** A file or a folder of files of one format. */
  record Files(Format format, String path) implements Location {
    /** The formats that files have. */
    public enum Format {
      PARQUET,

      /**
       * Text with a header; values as Spark SQL casts them from text, one that it cannot is an
       * error; nothing between two commas is null.
       */
      CSV,

      /** An object a line; a field that is not there is null, one that no line has is an error. */
      JSON,

      /** Containers of records with their schema, which may be another in each file. */
      AVRO
    }

    @Override
    public String toString() {
      return format.name().toLowerCase(java.util.Locale.ROOT) + " " + path;
    }
  }

  /** Rows that the process which runs the plan holds under this name. */
  record Memory(String name) implements Location {
    @Override
    public String toString() {
      return "memory " + name;
    }
  }

  /**
   * A Delta table.
   *
   * @param version the version to read; the newest where it is empty
   */
  record DeltaTable(String path, OptionalLong version) implements Location {
    public static DeltaTable at(String path) {
      return new DeltaTable(path, OptionalLong.empty());
    }

    public DeltaTable asOf(long wanted) {
      return new DeltaTable(path, OptionalLong.of(wanted));
    }

    @Override
    public String toString() {
      return "delta " + path + (version.isPresent() ? "@v" + version.getAsLong() : "");
    }
  }

  /**
   * An Iceberg table.
   *
   * @param table its name, catalog first, as the engine's settings know it: {@code
   *     lake.air.flights}
   * @param snapshot the snapshot to read; the newest where it is empty
   */
  record IcebergTable(String table, OptionalLong snapshot) implements Location {
    public static IcebergTable named(String table) {
      return new IcebergTable(table, OptionalLong.empty());
    }

    public IcebergTable asOf(long wanted) {
      return new IcebergTable(table, OptionalLong.of(wanted));
    }

    @Override
    public String toString() {
      return "iceberg " + table + (snapshot.isPresent() ? "@" + snapshot.getAsLong() : "");
    }
  }

  /**
   * A table or view of a database.
   *
   * @param connection names the settings that say where the database is and who reads it, so that a
   *     definition holds neither: {@code spark.millrace.jdbc.<connection>.url}, {@code .user},
   *     {@code .password}, and whatever else Spark's JDBC source takes
   */
  record JdbcTable(String connection, String table) implements Location {
    @Override
    public String toString() {
      return "jdbc " + connection + " " + table;
    }
  }

  /**
   * Messages of a topic of Kafka, one row each: the columns that are declared, and {@link
   * Messages#COLUMN}, which says where it is and what cannot be read of it.
   *
   * @param connection names the settings that say where the brokers are: {@code
   *     spark.millrace.kafka.<connection>.bootstrap.servers}, and whatever else Kafka's clients
   *     take
   */
  record KafkaTopic(String connection, String topic, Messages messages) implements Location {
    @Override
    public String toString() {
      return "kafka " + connection + " " + topic + " " + messages;
    }
  }
}
