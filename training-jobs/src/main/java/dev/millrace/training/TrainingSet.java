package dev.millrace.training;

import dev.millrace.features.FeatureView;
import dev.millrace.features.Names;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanPrinter;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.problem.Problems;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Labelled rows with the features that were known at the time each was asked for. The rows of a
 * source are the requests; a request's features are of the events before its time, whenever its
 * label became known.
 *
 * @param rows the source whose rows are requests; it holds the keys of every view
 * @param requestTime an expression for the time a prediction would have been asked for
 * @param label a condition; requests where it is null are left out
 * @param requestFeatures features computed from what a request itself holds
 * @param train requests to fit on; those whose label was known by its end
 * @param test requests to evaluate on, after the former
 */
public record TrainingSet(
    String name,
    Source rows,
    String requestTime,
    NamedExpression label,
    List<NamedExpression> requestFeatures,
    List<FeatureView> views,
    Period train,
    Period test) {
  /** The column of the request time in every table of requests. */
  public static final String TIME = "request_time";

  /** The column that tells {@code train} from {@code test}. */
  public static final String SPLIT = "split";

  /** Checks that all parts fit together. */
  public TrainingSet {
    Names.check("training set", name);
    requestFeatures = List.copyOf(requestFeatures);
    views = List.copyOf(views);
    Problems problems = new Problems("training set '" + name + "'");
    if (test.start().isBefore(train.end())) {
      problems.add(
          "The test period of training set '" + name + "' begins at " + test.start(),
          "the training period ends at " + train.end() + ", and a test on the past proves nothing",
          "Let the test begin when the training ends, or later");
    }
    if (views.isEmpty() && requestFeatures.isEmpty()) {
      problems.add(
          "Training set '" + name + "' has no feature",
          "there is nothing to learn from",
          "Give it feature views or request features");
    }
    problems.throwIfAny();
    Workspace anywhere = new Workspace("workspace");
    new AsOfJoin(
        "training set '" + name + "'",
        labelled(anywhere, name, rows, requestTime, label, requestFeatures, views, train, test),
        TIME,
        lookups(views, anywhere));
  }

  /** A training set, whose parts follow. */
  public static TrainingSetBuilder named(String name) {
    return new TrainingSetBuilder(name);
  }

  /**
   * The columns that a model of this set takes, in order: the views' values, then the request's
   * own.
   */
  public List<String> featureNames() {
    List<String> names = new ArrayList<>();
    for (FeatureView view : views) {
      view.valueNames().forEach(value -> names.add(view.name() + "__" + value));
    }
    requestFeatures.forEach(feature -> names.add(feature.name()));
    return names;
  }

  /** The sources that its rows and features are made of, each once. */
  public Set<Source> sources() {
    Set<Source> sources = new LinkedHashSet<>();
    sources.add(rows);
    views.forEach(view -> sources.add(view.source()));
    return sources;
  }

  /** The set's rows: keys, request time, label, split, features. */
  public Node plan(Workspace workspace) {
    return new AsOfJoin(
        "training set '" + name + "'",
        labelled(workspace, name, rows, requestTime, label, requestFeatures, views, train, test),
        TIME,
        lookups(views, workspace));
  }

  /** The plan that keeps the set in its table. */
  public Write write(Workspace workspace) {
    return new Write(plan(workspace), Sink.Delta.whole(table(workspace)));
  }

  /** The set's table, at a version. */
  public Scan at(Workspace workspace, long version) {
    return new Scan(
        Location.DeltaTable.at(table(workspace)).asOf(version), plan(workspace).schema());
  }

  /**
   * Requests of a period with their features, and without labels: what a model is asked to score.
   */
  public Node requests(Workspace workspace, Period period) {
    return requests(rows.log(workspace), period, lookups(views, workspace));
  }

  /** The same of other rows than those of the logs. */
  Node requests(Node log, Period period, List<AsOfJoin.Lookup> lookups) {
    List<NamedExpression> columns = requestColumns(requestTime, requestFeatures, views);
    Node spine =
        Project.of(
            "requests of training set '" + name + "'",
            log,
            columns,
            Optional.of(period.condition("(" + requestTime + ")")));
    return new AsOfJoin("training set '" + name + "'", spine, TIME, lookups);
  }

  /** A digest of the set's content and of the meaning of its views. */
  public String fingerprint() {
    return PlanPrinter.fingerprint(plan(new Workspace("workspace")));
  }

  private String table(Workspace workspace) {
    return workspace.path("training", name);
  }

  private static List<AsOfJoin.Lookup> lookups(List<FeatureView> views, Workspace workspace) {
    return views.stream().map(view -> view.lookup(workspace)).toList();
  }

  private static Node labelled(
      Workspace workspace,
      String name,
      Source rows,
      String requestTime,
      NamedExpression label,
      List<NamedExpression> requestFeatures,
      List<FeatureView> views,
      Period train,
      Period test) {
    List<NamedExpression> columns = requestColumns(requestTime, requestFeatures, views);
    columns.add(new NamedExpression(label.name(), "if(" + label.expression() + ", 1.0D, 0.0D)"));
    String time = "(" + requestTime + ")";
    columns.add(new NamedExpression(SPLIT, "if(" + train.condition(time) + ", 'train', 'test')"));
    // A training label counts only if it was known when the training period ended.
    String end = "timestamp'" + train.end() + "'";
    String known =
        "`"
            + rows.eventTime()
            + "` < "
            + end
            + rows.availableAt().map(column -> " and `" + column + "` <= " + end).orElse("");
    String wanted =
        "(("
            + train.condition(time)
            + " and "
            + known
            + ") or "
            + test.condition(time)
            + ") and ("
            + label.expression()
            + ") is not null";
    return Project.of(
        "training set '" + name + "'", rows.log(workspace), columns, Optional.of(wanted));
  }

  private static List<NamedExpression> requestColumns(
      String requestTime, List<NamedExpression> requestFeatures, List<FeatureView> views) {
    Set<String> keys = new LinkedHashSet<>();
    views.forEach(view -> keys.addAll(view.entity().keyNames()));
    List<NamedExpression> columns = new ArrayList<>();
    keys.forEach(key -> columns.add(NamedExpression.column(key)));
    columns.add(new NamedExpression(TIME, requestTime));
    columns.addAll(requestFeatures);
    return columns;
  }
}
