package dev.millrace.training;

import dev.millrace.features.Source;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.transforms.expression.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows of a source as requests, and what came of each.
 *
 * @param rows the source whose rows are requests
 * @param requestTime an expression for the time a prediction would have been asked for
 * @param label a condition; requests where it is null have no label
 */
public record LabelSet(Source rows, String requestTime, NamedExpression label) {
  /** Keys, request time and request features of a period's requests. */
  Node requests(
      String definition,
      Node log,
      List<String> keys,
      List<NamedExpression> requestFeatures,
      Period period) {
    return Project.of(
        definition, log, columns(keys, requestFeatures), Optional.of(period.condition(time())));
  }

  /**
   * The same, with label and split, of the requests that have a label: of the training period, if
   * that was known by its end.
   */
  Node labelled(
      String definition,
      Node log,
      List<String> keys,
      List<NamedExpression> requestFeatures,
      Period train,
      Period test) {
    List<NamedExpression> columns = columns(keys, requestFeatures);
    columns.add(new NamedExpression(label.name(), "if(" + label.expression() + ", 1.0D, 0.0D)"));
    columns.add(
        new NamedExpression(
            TrainingSet.SPLIT, "if(" + train.condition(time()) + ", 'train', 'test')"));
    String end = "timestamp'" + train.end() + "'";
    String known =
        Expressions.quoted(rows.eventTime())
            + " < "
            + end
            + rows.availableAt()
                .map(column -> " and " + Expressions.quoted(column) + " <= " + end)
                .orElse("");
    String wanted =
        "((%s and %s) or %s) and (%s) is not null"
            .formatted(train.condition(time()), known, test.condition(time()), label.expression());
    return Project.of(definition, log, columns, Optional.of(wanted));
  }

  private List<NamedExpression> columns(List<String> keys, List<NamedExpression> requestFeatures) {
    List<NamedExpression> columns = new ArrayList<>();
    keys.forEach(key -> columns.add(NamedExpression.column(key)));
    columns.add(new NamedExpression(TrainingSet.TIME, requestTime));
    columns.addAll(requestFeatures);
    return columns;
  }

  private String time() {
    return "(" + requestTime + ")";
  }
}
