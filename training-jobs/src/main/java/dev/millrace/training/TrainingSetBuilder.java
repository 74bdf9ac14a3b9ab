package dev.millrace.training;

import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.NamedExpression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers a training set's parts, in any order. */
public final class TrainingSetBuilder {
  private final String name;
  private @Nullable Source rows;
  private String requestTime = "event_time";
  private @Nullable NamedExpression label;
  private final List<NamedExpression> requestFeatures = new ArrayList<>();
  private final List<FeatureView> views = new ArrayList<>();
  private @Nullable Period train;
  private @Nullable Period test;

  TrainingSetBuilder(String name) {
    this.name = name;
  }

  /**
   * Rows that are requests, and an expression for the time at which a prediction would have been
   * asked for.
   */
  public TrainingSetBuilder requests(Source source, String time) {
    rows = source;
    requestTime = time;
    return this;
  }

  /** The label, as a condition of Spark SQL. */
  public TrainingSetBuilder label(String column, String condition) {
    label = new NamedExpression(column, condition);
    return this;
  }

  /** A feature computed from the request itself, by an expression of Spark SQL. */
  public TrainingSetBuilder requestFeature(String column, String expression) {
    requestFeatures.add(new NamedExpression(column, expression));
    return this;
  }

  public TrainingSetBuilder features(FeatureView... more) {
    views.addAll(List.of(more));
    return this;
  }

  /** The split by time. */
  public TrainingSetBuilder split(Period trainOn, Period testOn) {
    train = trainOn;
    test = testOn;
    return this;
  }

  /**
   * The training set.
   *
   * @throws dev.millrace.transforms.problem.DefinitionException naming all that does not fit
   */
  public TrainingSet build() {
    if (rows == null || label == null || train == null || test == null) {
      throw new IllegalArgumentException(
          "Training set '"
              + name
              + "' is not whole. It takes requests(...), label(...) and split(...).");
    }
    return new TrainingSet(name, rows, requestTime, label, requestFeatures, views, train, test);
  }
}
