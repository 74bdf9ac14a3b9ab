package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.MillraceException;
import java.io.Serializable;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

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
      return format.name().toLowerCase(Locale.ROOT) + " " + path;
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

  /**
   * Messages of Google's Pub/Sub, one row each, as those of a {@link KafkaTopic}. They have no
   * order, no partitions and no offsets: an id names each. The Beam engine follows them.
   *
   * @param connection names the settings that say where it is: {@code pubsub.<connection>.project};
   *     credentials are Google's own defaults
   * @param kind whether a subscription is read, or a topic by a subscription of the stream's own
   * @param name of the subscription or the topic, without its project
   * @param idAttribute the attribute that names a message: those of one name are one message,
   *     whichever comes first; empty where the id that Pub/Sub gave does
   * @param timestampAttribute the attribute that says when a message was sent, in milliseconds
   *     since 1970 or by ISO 8601; empty where the time at which Pub/Sub took it does
   */
  record Pubsub(
      String connection,
      Kind kind,
      String name,
      Messages messages,
      String idAttribute,
      String timestampAttribute)
      implements Location {
    private static final Pattern NAME = Pattern.compile("(?!goog)[a-zA-Z][-._~%+a-zA-Z0-9]{2,254}");

    /** What is read. */
    public enum Kind {
      /** One that is there; what was sent since it was made is read. */
      SUBSCRIPTION,

      /**
       * One that is there; the stream's first start makes a subscription for its log, and what was
       * sent since then is read.
       */
      TOPIC
    }

    /** Checks the name, and that no key is asked for. */
    public Pubsub {
      if (!NAME.matcher(name).matches()) {
        throw MillraceException.because(
            "'" + name + "' is no " + text(kind) + " of Pub/Sub",
            "its name has 3 to 255 letters, digits and -._~%+, begins with a letter, and not with"
                + " goog",
            "Give the name alone; its project is a setting of the connection");
      }
      if (messages.keyed()) {
        throw MillraceException.because(
            "Messages of " + text(kind) + " '" + name + "' cannot be asked for keys",
            "what Pub/Sub calls an ordering key not all runners hand on",
            "Leave out withKeys(), and expect the column to be there");
      }
    }

    /** The messages of a subscription. */
    public static Pubsub subscription(String connection, String name, Messages messages) {
      return new Pubsub(connection, Kind.SUBSCRIPTION, name, messages, "", "");
    }

    /** The messages of a topic, by a subscription that the stream makes for its log. */
    public static Pubsub topic(String connection, String name, Messages messages) {
      return new Pubsub(connection, Kind.TOPIC, name, messages, "", "");
    }

    /** The same, whose messages an attribute names; one without it is set aside. */
    public Pubsub withIdAttribute(String attribute) {
      return new Pubsub(connection, kind, name, messages, attribute, timestampAttribute);
    }

    /** The same, whose messages say by an attribute when they were sent; others are set aside. */
    public Pubsub withTimestampAttribute(String attribute) {
      return new Pubsub(connection, kind, name, messages, idAttribute, attribute);
    }

    private static String text(Kind kind) {
      return kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return "pubsub "
          + connection
          + " "
          + text(kind)
          + " "
          + name
          + " "
          + messages
          + (idAttribute.isEmpty() ? "" : " id " + idAttribute)
          + (timestampAttribute.isEmpty() ? "" : " timestamp " + timestampAttribute);
    }
  }
}
