package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.MessageText;
import dev.millrace.pipelines.stores.Topic;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowChain;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.SchemaParseException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.avro.functions;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A stream as rows: the columns that a scan names, and {@link Messages#COLUMN}. */
final class StreamSource {
  /** Spark leaves out what is a week older than the newest file, and a file may be moved in. */
  private static final String OLDEST_FILE = "3650d";

  private static final String CORRUPT = "__corrupt";

  private final SparkSession session;
  private final Scan scan;
  private final Schema declared;

  StreamSource(SparkSession session, Scan scan) {
    this.session = session;
    this.scan = scan;
    this.declared =
        new Schema(
            scan.schema().columns().stream()
                .filter(column -> !column.name().equals(Messages.COLUMN))
                .toList());
  }

  /**
   * The rows from some place on.
   *
   * @param offsets of a topic, by partition, where it goes on; from the beginning where empty
   * @param settings say how many messages, or files, are in one batch, and whether some may be gone
   */
  Dataset<Row> read(Map<Integer, Long> offsets, FollowSettings settings) {
    return scan.location() instanceof Location.KafkaTopic topic
        ? messages(topic, offsets, settings)
        : files((Location.Files) scan.location(), settings.mostMessages());
  }

  private Dataset<Row> messages(
      Location.KafkaTopic topic, Map<Integer, Long> offsets, FollowSettings follow) {
    Map<String, String> settings =
        Connections.of(session, "kafka", topic.connection(), "bootstrap.servers");
    Map<Integer, Long> beginnings =
        new Topic(settings, topic.topic()).beginnings(offsets, follow.acceptsLoss());
    Map<String, String> options = new HashMap<>();
    settings.forEach((name, value) -> options.put("kafka." + name, value));
    options.putIfAbsent("kafka.isolation.level", "read_committed");
    options.put("subscribe", topic.topic());
    options.put(
        "startingOffsets", starting(topic.topic(), offsets.isEmpty() ? offsets : beginnings));
    options.put("maxOffsetsPerTrigger", Long.toString(follow.mostMessages()));
    options.put("failOnDataLoss", Boolean.toString(!follow.acceptsLoss()));
    Dataset<Row> raw =
        session
            .readStream()
            .format("kafka")
            .options(options)
            .load()
            .withColumn("timestamp", sent(col("timestamp")))
            .withColumn("id", lit(null).cast("string"));
    MessageText text = new MessageText(topic.messages(), scan);
    Dataset<Row> read = step(step(raw, text.looked()), text.values());
    if (topic.messages().format() == Messages.Format.AVRO) {
      read = read.withColumn(MessageText.VALUES, avro(topic, col(MessageText.RECORD)));
    }
    return step(read, text.selected());
  }

  /**
   * When a message was sent, but no later than when it was read: the sender's clock may be wrong,
   * as that of the rows themselves. Spark has one time for a batch, however often it is tried.
   */
  private static Column sent(Column timestamp) {
    return least(timestamp, current_timestamp());
  }

  private static Dataset<Row> step(Dataset<Row> rows, RowChain.Step step) {
    return rows.select(
        step.columns().entrySet().stream()
            .map(column -> expr(column.getValue()).as(column.getKey()))
            .toArray(Column[]::new));
  }

  private static Column avro(Location.KafkaTopic topic, Column value) {
    try {
      new org.apache.avro.Schema.Parser().parse(topic.messages().schema());
    } catch (SchemaParseException wrong) {
      throw MillraceException.because(
          "The Avro schema of topic '" + topic.topic() + "' is none",
          String.valueOf(wrong.getMessage()),
          "Give the schema that its messages are written by, as JSON");
    }
    return functions.from_avro(value, topic.messages().schema(), Map.of("mode", "PERMISSIVE"));
  }

  private static String starting(String topic, Map<Integer, Long> offsets) {
    if (offsets.isEmpty()) {
      return "earliest";
    }
    StringBuilder places = new StringBuilder();
    offsets.forEach(
        (partition, next) ->
            places
                .append(places.isEmpty() ? "" : ",")
                .append('"')
                .append(partition)
                .append("\":")
                .append(next));
    return "{\"" + topic + "\":{" + places + "}}";
  }

  /** Files as they appear in a folder; the message says which it was, and no more. */
  private Dataset<Row> files(Location.Files files, long most) {
    boolean json = files.format() == Location.Files.Format.JSON;
    StructType type = CatalystTypes.toCatalyst(declared);
    DataStreamReader reader =
        session
            .readStream()
            .option("maxFilesPerTrigger", Math.max(1, most))
            .option("maxFileAge", OLDEST_FILE);
    Dataset<Row> read =
        json
            ? reader
                .schema(type.add(CORRUPT, DataTypes.StringType))
                .option("mode", "PERMISSIVE")
                .option("columnNameOfCorruptRecord", CORRUPT)
                .json(files.path())
            : reader.schema(type).parquet(files.path());
    List<Column> columns = new ArrayList<>();
    declared.columns().forEach(column -> columns.add(col(Expressions.quoted(column.name()))));
    Optional<Column> corrupt = json ? Optional.of(col(CORRUPT)) : Optional.empty();
    columns.add(
        org.apache
            .spark
            .sql
            .functions
            .struct(
                col("_metadata.file_path").as("topic"),
                lit(0).as("partition"),
                lit(null).cast("bigint").as("offset"),
                lit(null).cast("string").as("id"),
                sent(col("_metadata.file_modification_time").cast("timestamp")).as("timestamp"),
                lit(null).cast("binary").as("key"),
                corrupt
                    .map(text -> text.cast("binary"))
                    .orElse(lit(null).cast("binary"))
                    .as("value"),
                corrupt
                    .map(text -> when(text.isNotNull(), lit("it is no object of the columns")))
                    .orElse(lit(null).cast("string"))
                    .as("error"))
            .as(Messages.COLUMN));
    return read.select(columns.toArray(Column[]::new));
  }
}
