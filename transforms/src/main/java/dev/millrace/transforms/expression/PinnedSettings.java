package dev.millrace.transforms.expression;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.sql.internal.SQLConf;
import scala.runtime.AbstractFunction0;

/**
 * The SQL settings that change what an expression means. They are stated here once: expressions
 * compiled without a session run under them, and an engine that plans expressions itself must set
 * them on its session.
 */
public final class PinnedSettings {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.sql.session.timeZone", "UTC",
          "spark.sql.ansi.enabled", "true",
          "spark.sql.timestampType", "TIMESTAMP_LTZ",
          "spark.sql.legacy.timeParserPolicy", "CORRECTED",
          "spark.sql.storeAssignmentPolicy", "ANSI",
          "spark.sql.caseSensitive", "true",
          "spark.sql.mapKeyDedupPolicy", "EXCEPTION",
          "spark.sql.decimalOperations.allowPrecisionLoss", "true",
          "spark.sql.legacy.sizeOfNull", "false");

  private PinnedSettings() {}

  /** Each setting and its value, in the order of their names. */
  public static Map<String, String> all() {
    return new TreeMap<>(SETTINGS);
  }

  static <T> T under(Supplier<T> work) {
    return SQLConf.withExistingConf(
        conf(),
        new AbstractFunction0<T>() {
          @Override
          public T apply() {
            return work.get();
          }
        });
  }

  private static SQLConf conf() {
    SQLConf conf = new SQLConf();
    SETTINGS.forEach(conf::setConfString);
    return conf;
  }
}
