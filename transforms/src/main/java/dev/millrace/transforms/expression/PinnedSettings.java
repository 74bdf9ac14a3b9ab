package dev.millrace.transforms.expression;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.internal.SQLConf;
import scala.runtime.AbstractFunction0;

/**
 * The SQL settings that change what an expression means, or a text that it parses. They are stated
 * here once: expressions compiled without a session run under them, and an engine that plans
 * expressions itself must set them on its session. Of Catalyst's settings these are all that its
 * parser, its analyser, expressions and the parsers of CSV and JSON ask for, but for those that say
 * how fast something is or what a message looks like.
 */
public final class PinnedSettings {
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("spark.sql.session.timeZone", "UTC"),
          Map.entry("spark.sql.ansi.enabled", "true"),
          Map.entry("spark.sql.ansi.doubleQuotedIdentifiers", "false"),
          Map.entry("spark.sql.ansi.enforceReservedKeywords", "false"),
          Map.entry("spark.sql.timestampType", "TIMESTAMP_LTZ"),
          Map.entry("spark.sql.legacy.timeParserPolicy", "CORRECTED"),
          Map.entry("spark.sql.storeAssignmentPolicy", "ANSI"),
          Map.entry("spark.sql.caseSensitive", "true"),
          Map.entry("spark.sql.allowNamedFunctionArguments", "true"),
          Map.entry("spark.sql.parser.escapedStringLiterals", "false"),
          Map.entry("spark.sql.parser.quotedRegexColumnNames", "false"),
          Map.entry("spark.sql.mapKeyDedupPolicy", "EXCEPTION"),
          Map.entry("spark.sql.decimalOperations.allowPrecisionLoss", "true"),
          Map.entry("spark.sql.chunkBase64String.enabled", "true"),
          Map.entry("spark.sql.function.concatBinaryAsString", "false"),
          Map.entry("spark.sql.function.eltOutputAsString", "false"),
          Map.entry("spark.sql.columnNameOfCorruptRecord", "_corrupt_record"),
          Map.entry("spark.sql.json.enablePartialResults", "true"),
          Map.entry("spark.sql.jsonGenerator.ignoreNullFields", "true"),
          // What generated code computes once for several it computes before what guards it:
          // n <> 0 and 10 / n > 2 and 10 / n < 50 would fail where n is 0.
          Map.entry("spark.sql.subexpressionElimination.enabled", "false"),
          // Takes from_json(to_json(x)) for x, which it is not: JSON has times of milliseconds.
          Map.entry("spark.sql.optimizer.enableJsonExpressionOptimization", "false"),
          // Leaves out fields of from_csv, one of which may be what makes it fail.
          Map.entry("spark.sql.optimizer.enableCsvExpressionOptimization", "false"),
          Map.entry("spark.sql.legacy.allowHashOnMapType", "false"),
          Map.entry("spark.sql.legacy.allowNegativeScaleOfDecimal", "false"),
          Map.entry("spark.sql.legacy.allowNullComparisonResultInArraySort", "false"),
          Map.entry("spark.sql.legacy.allowZeroIndexInFormatString", "false"),
          Map.entry("spark.sql.legacy.charVarcharAsString", "false"),
          Map.entry("spark.sql.legacy.createEmptyCollectionUsingStringType", "false"),
          Map.entry("spark.sql.legacy.exponentLiteralAsDecimal.enabled", "false"),
          Map.entry("spark.sql.legacy.fromDayTimeString.enabled", "false"),
          Map.entry("spark.sql.legacy.literal.pickMinimumPrecision", "true"),
          Map.entry("spark.sql.legacy.interval.enabled", "false"),
          Map.entry("spark.sql.legacy.nullInEmptyListBehavior", "false"),
          Map.entry("spark.sql.legacy.nullValueWrittenAsQuotedEmptyStringCsv", "false"),
          Map.entry("spark.sql.legacy.followThreeValuedLogicInArrayExists", "true"),
          Map.entry("spark.sql.legacy.json.allowEmptyString.enabled", "false"),
          Map.entry("spark.sql.legacy.lpadRpadAlwaysReturnString", "false"),
          Map.entry("spark.sql.legacy.negativeIndexInArrayInsert", "false"),
          Map.entry("spark.sql.legacy.castComplexTypesToString.enabled", "false"),
          Map.entry("spark.sql.legacy.sizeOfNull", "false"));

  /** What no setting says follows from the options of the text, such as its format of times. */
  private static final Set<String> UNSET =
      Set.of(
          "spark.sql.legacy.csv.enableDateTimeParsingFallback",
          "spark.sql.legacy.json.enableDateTimeParsingFallback");

  /** Built once and only read from then on. */
  private static final SQLConf CONF = conf();

  private PinnedSettings() {}

  /** Each setting and its value, in the order of their names. */
  public static Map<String, String> all() {
    return new TreeMap<>(SETTINGS);
  }

  /** The settings that have no value. */
  public static Set<String> unset() {
    return UNSET;
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
