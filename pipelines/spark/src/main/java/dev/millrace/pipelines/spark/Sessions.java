package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.transforms.expression.PinnedSettings;
import dev.millrace.transforms.problem.MillraceException;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;

/** Spark sessions with what Millrace needs of them: Delta, Iceberg, and the pinned SQL settings. */
final class Sessions {
  /** Delta's rules first: in the other order its UPDATE meets Iceberg's plan nodes and fails. */
  private static final String EXTENSIONS =
      "io.delta.sql.DeltaSparkSessionExtension,"
          + "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions";

  private static final String EXCLUDED = "spark.sql.optimizer.excludedRules";

  /** Makes {@code array(x)[1]} null, where it is an error to all who compute it. */
  private static final String NULL_MAKER =
      "org.apache.spark.sql.catalyst.optimizer.SimplifyExtractValueOps";

  /**
   * Times of any year, kept as they are and with their statistics; what is deleted when; and files
   * read to the last row, each type as it was written.
   */
  private static final Map<String, String> FILES =
      Map.ofEntries(
          Map.entry("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS"),
          Map.entry("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED"),
          // How old a deleted version must be is the vacuum job's to say, which keeps to a week.
          Map.entry("spark.databricks.delta.retentionDurationCheck.enabled", "false"),
          Map.entry("spark.sql.files.ignoreCorruptFiles", "false"),
          Map.entry("spark.sql.files.ignoreMissingFiles", "false"),
          Map.entry("spark.sql.parquet.binaryAsString", "false"),
          Map.entry("spark.sql.parquet.int96AsTimestamp", "true"),
          Map.entry("spark.sql.parquet.int96TimestampConversion", "false"),
          Map.entry("spark.sql.parquet.inferTimestampNTZ.enabled", "true"),
          Map.entry("spark.sql.parquet.fieldId.read.enabled", "false"),
          Map.entry("spark.sql.legacy.parquet.nanosAsLong", "false"),
          Map.entry("spark.sql.parquet.datetimeRebaseModeInRead", "EXCEPTION"),
          Map.entry("spark.sql.parquet.int96RebaseModeInRead", "EXCEPTION"),
          Map.entry("spark.sql.avro.datetimeRebaseModeInRead", "EXCEPTION"),
          // A malformed row is one where a filter leaves it out, too.
          Map.entry("spark.sql.csv.filterPushdown.enabled", "false"),
          Map.entry("spark.sql.json.filterPushdown.enabled", "false"),
          Map.entry("spark.sql.csv.parser.columnPruning.enabled", "true"));

  /** What a stream has seen, on disk and changed in place: the default copies all of it a batch. */
  private static final Map<String, String> STATE =
      Map.of(
          "spark.sql.streaming.stateStore.providerClass",
          "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider",
          "spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled",
          "true");

  private Sessions() {}

  /**
   * A session in this process, on all of its cores.
   *
   * @param settings more settings, which win
   */
  static SparkSession local(Map<String, String> settings) {
    String cores = Integer.toString(Runtime.getRuntime().availableProcessors());
    SparkSession.Builder builder =
        SparkSession.builder()
            .appName("millrace")
            .master("local[*]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", cores)
            .config("spark.default.parallelism", cores)
            .config("spark.databricks.delta.snapshotPartitions", cores)
            .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", cores)
            .config("spark.sql.extensions", EXTENSIONS)
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    LocalFiles.settings().forEach((name, value) -> builder.config("spark.hadoop." + name, value));
    settings.forEach(builder::config);
    SparkSession root = builder.getOrCreate();
    return pinned(root);
  }

  /**
   * A child of a session that someone else configured, under the pinned settings; the parent keeps
   * its own.
   */
  static SparkSession pinned(SparkSession root) {
    String extensions = root.conf().get("spark.sql.extensions", "");
    int delta = extensions.indexOf("DeltaSparkSessionExtension");
    int iceberg = extensions.indexOf("IcebergSparkSessionExtensions");
    if (delta < 0 || (iceberg >= 0 && iceberg < delta)) {
      throw MillraceException.because(
          "spark.sql.extensions is '" + extensions + "'",
          "Millrace needs Delta's extension, and before Iceberg's, or Delta's UPDATE fails",
          "Set it to '" + EXTENSIONS + "'");
    }
    SparkSession session = root.newSession();
    JavaConverters.mapAsJavaMap(root.conf().getAll())
        .forEach((name, value) -> handOn(name, value, session));
    PinnedSettings.all().forEach((name, value) -> session.conf().set(name, value));
    PinnedSettings.unset().forEach(name -> session.conf().unset(name));
    FILES.forEach((name, value) -> session.conf().set(name, value));
    STATE.forEach(
        (name, value) -> {
          if (!JavaConverters.mapAsJavaMap(root.conf().getAll()).containsKey(name)) {
            session.conf().set(name, value);
          }
        });
    String excluded = session.conf().get(EXCLUDED, "");
    session.conf().set(EXCLUDED, excluded.isEmpty() ? NULL_MAKER : excluded + "," + NULL_MAKER);
    return session;
  }

  /**
   * A new session has the cluster's settings; those made in the parent since are handed on here.
   */
  private static void handOn(String name, String value, SparkSession session) {
    if (!session.conf().getOption(name).contains(value)) {
      session.conf().set(name, value);
    }
  }
}
