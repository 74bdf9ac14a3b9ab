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
  private final List<LabelSet> labelSets = new ArrayList<>();
  private final List<Requests> unlabelled = new ArrayList<>();
  private final List<NamedExpression> requestFeatures = new ArrayList<>();
  private final List<FeatureView> views = new ArrayList<>();
  private @Nullable Period train;
  private @Nullable Period test;

  TrainingSetBuilder(String name) {
    this.name = name;
  }

  private record Requests(Source rows, String time) {}

  /**
   * Rows that are requests, and an expression for the time at which a prediction would have been
   * asked for; their label follows. There may be more of them: other rows, or the same asked at
   * another time.
   */
  public TrainingSetBuilder requests(Source source, String time) {
    unlabelled.add(new Requests(source, time));
    return this;
  }

  /** The label of the requests since the last one, as a condition of Spark SQL. */
  public TrainingSetBuilder label(String column, String condition) {
    if (unlabelled.isEmpty()) {
      throw new IllegalArgumentException(
          "Label '"
              + column
              + "' of training set '"
              + name
              + "' has no requests before it. It follows requests(...).");
    }
    NamedExpression label = new NamedExpression(column, condition);
    unlabelled.forEach(each -> labelSets.add(new LabelSet(each.rows(), each.time(), label)));
    unlabelled.clear();
    return this;
  }

  /**
   * A feature computed when it is asked for, by an expression of Spark SQL over what the request
   * itself holds and the values {@code <view>__<value>} of the set's views at its time; as the
   * reader of the online store computes it.
   */
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
    boolean labelled = !labelSets.isEmpty() && unlabelled.isEmpty();
    if (!labelled || train == null || test == null) {
      throw new IllegalArgumentException(
          "Training set '"
              + name
              + "' is not whole. It takes requests(...), label(...) and split(...).");
    }
    return new TrainingSet(name, labelSets, requestFeatures, views, train, test);
  }
}
