package dev.millrace.pipelines.spark;

import com.amazon.deequ.analyzers.DataTypeInstances;
import com.amazon.deequ.profiles.ColumnProfile;
import com.amazon.deequ.profiles.NumericColumnProfile;
import com.amazon.deequ.suggestions.ConstraintSuggestion;
import com.amazon.deequ.suggestions.ConstraintSuggestionResult;
import com.amazon.deequ.suggestions.ConstraintSuggestionRunner;
import com.amazon.deequ.suggestions.rules.CategoricalRangeRule;
import com.amazon.deequ.suggestions.rules.CompleteIfCompleteRule;
import com.amazon.deequ.suggestions.rules.ConstraintRule;
import com.amazon.deequ.suggestions.rules.HasMin;
import com.amazon.deequ.suggestions.rules.RetainCompletenessRule;
import com.amazon.deequ.suggestions.rules.UniqueIfApproximatelyUniqueRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import scala.Enumeration;
import scala.collection.JavaConverters;

/** Expectations that rows hold now, as Deequ suggests them from a profile of its own. */
final class Suggestions {
  private static final Pattern LEAST = Pattern.compile(">= ([0-9.]+)");

  private Suggestions() {}

  /** Suggestions by column, for rows of a session without the pinned settings. */
  static List<SparkEngine.Suggestion> of(Dataset<Row> rows) {
    ConstraintSuggestionResult result =
        new ConstraintSuggestionRunner()
            .onData(rows)
            .setPredefinedTypes(texts(rows))
            .addConstraintRules(rules())
            .run();
    Map<String, ColumnProfile> profiles = JavaConverters.mapAsJavaMap(result.columnProfiles());
    List<SparkEngine.Suggestion> all = new ArrayList<>();
    new TreeMap<>(JavaConverters.mapAsJavaMap(result.constraintSuggestions()))
        .forEach(
            (column, suggested) ->
                JavaConverters.seqAsJavaList(suggested)
                    .forEach(
                        each -> all.add(of(each, Objects.requireNonNull(profiles.get(column))))));
    return all;
  }

  private static scala.collection.Seq<ConstraintRule<ColumnProfile>> rules() {
    return JavaConverters.asScalaBuffer(
            List.<ConstraintRule<ColumnProfile>>of(
                CompleteIfCompleteRule.apply(),
                new RetainCompletenessRule(
                    RetainCompletenessRule.apply$default$1(),
                    RetainCompletenessRule.apply$default$2(),
                    RetainCompletenessRule.apply$default$3()),
                new CategoricalRangeRule(CategoricalRangeRule.apply$default$1()),
                UniqueIfApproximatelyUniqueRule.apply(),
                HasMin.apply()))
        .toList();
  }

  /** Text stays text, whatever it looks like. */
  private static scala.collection.immutable.Map<String, Enumeration.Value> texts(
      Dataset<Row> rows) {
    scala.collection.immutable.Map<String, Enumeration.Value> texts =
        scala.collection.immutable.Map$.MODULE$.empty();
    for (StructField field : rows.schema().fields()) {
      if (field.dataType().equals(DataTypes.StringType)) {
        texts = texts.updated(field.name(), DataTypeInstances.String());
      }
    }
    return texts;
  }

  private static SparkEngine.Suggestion of(ConstraintSuggestion suggested, ColumnProfile profile) {
    return new SparkEngine.Suggestion(
        suggested.columnName(), suggested.description(), code(suggested, profile));
  }

  private static String code(ConstraintSuggestion suggested, ColumnProfile profile) {
    String column = literal(suggested.columnName());
    ConstraintRule<ColumnProfile> rule = suggested.suggestingRule();
    if (rule instanceof CompleteIfCompleteRule) {
      return "notNull(" + column + ")";
    }
    if (rule instanceof RetainCompletenessRule) {
      Matcher least = LEAST.matcher(suggested.codeForConstraint());
      return "completeness(" + column + ", " + (least.find() ? least.group(1) : "0.0") + ")";
    }
    if (rule instanceof UniqueIfApproximatelyUniqueRule) {
      return "unique(" + column + ")";
    }
    if (rule instanceof HasMin && profile instanceof NumericColumnProfile number) {
      return "between("
          + column
          + ", "
          + number.minimum().get()
          + ", "
          + number.maximum().get()
          + ")";
    }
    return JavaConverters.mapAsJavaMap(profile.histogram().get().values()).keySet().stream()
        .filter(value -> !value.equals("NullValue"))
        .sorted()
        .map(Suggestions::literal)
        .collect(Collectors.joining(", ", "oneOf(" + column + ", ", ")"));
  }

  private static String literal(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
