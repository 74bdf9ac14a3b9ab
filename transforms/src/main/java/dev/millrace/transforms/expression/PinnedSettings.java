package dev.millrace.transforms.expression;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.internal.SQLConf;
import scala.runtime.AbstractFunction0;

/**
 * The SQL settings that change what an expression means. They are stated here once: expressions
 * compiled without a session run under them, and an engine that plans expressions itself must set
 * them on its session.
 */
public final class PinnedSettings {
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("spark.sql.session.timeZone", "UTC"),
          Map.entry("spark.sql.ansi.enabled", "true"),
          Map.entry("spark.sql.ansi.doubleQuotedIdentifiers", "false"),
          Map.entry("spark.sql.timestampType", "TIMESTAMP_LTZ"),
          Map.entry("spark.sql.legacy.timeParserPolicy", "CORRECTED"),
          Map.entry("spark.sql.storeAssignmentPolicy", "ANSI"),
          Map.entry("spark.sql.caseSensitive", "true"),
          Map.entry("spark.sql.parser.escapedStringLiterals", "false"),
          Map.entry("spark.sql.parser.quotedRegexColumnNames", "false"),
          Map.entry("spark.sql.mapKeyDedupPolicy", "EXCEPTION"),
          Map.entry("spark.sql.decimalOperations.allowPrecisionLoss", "true"),
          Map.entry("spark.sql.legacy.exponentLiteralAsDecimal.enabled", "false"),
          Map.entry("spark.sql.legacy.literal.pickMinimumPrecision", "true"),
          Map.entry("spark.sql.legacy.interval.enabled", "false"),
          Map.entry("spark.sql.legacy.nullInEmptyListBehavior", "false"),
          Map.entry("spark.sql.legacy.followThreeValuedLogicInArrayExists", "true"),
          Map.entry("spark.sql.legacy.json.allowEmptyString.enabled", "false"),
          Map.entry("spark.sql.legacy.lpadRpadAlwaysReturnString", "false"),
          Map.entry("spark.sql.legacy.negativeIndexInArrayInsert", "false"),
          Map.entry("spark.sql.legacy.castComplexTypesToString.enabled", "false"),
          Map.entry("spark.sql.legacy.sizeOfNull", "false"));

  /** Built once and only read from then on. */
  private static final SQLConf CONF = conf();

  private PinnedSettings() {}

  /** Each setting and its value, in the order of their names. */
  public static Map<String, String> all() {
    return new TreeMap<>(SETTINGS);
  }

  /** Work of this thread with Catalyst under the settings, whatever session is active. */
  public static <T> T under(Supplier<T> work) {
    return SQLConf.withExistingConf(
        CONF,
        new AbstractFunction0<T>() {
          @Override
          public T apply() {
            return work.get();
          }
        });
  }

  private static SQLConf conf() {
    Read conf = new Read();
    SETTINGS.forEach(conf::setConfString);
    return conf;
  }

  /**
   * Settings that change no more, each read from its text once. Catalyst asks for a dozen of them
   * for each expression, and each time they are parsed.
   */
  private static final class Read extends SQLConf {
    private static final long serialVersionUID = 1L;

    private final transient Map<ConfigEntry<?>, Object> read = new ConcurrentHashMap<>();

    @Override
    public <T> T getConf(ConfigEntry<T> entry) {
      @SuppressWarnings("unchecked")
      T value = (T) read.computeIfAbsent(entry, super::getConf);
      return value;
    }
  }
}
