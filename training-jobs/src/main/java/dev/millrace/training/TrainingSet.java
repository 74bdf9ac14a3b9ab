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
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.Problems;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Labelled rows with the features that were known at the time each was asked for. The rows of
 * sources are the requests; a request's features are of the events before its time, whenever its
 * label became known.
 *
 * @param labelSets requests and their labels, which have one name; they hold the keys of every
 *     view, and are joined with the views together, in one pass over the events
 * @param requestFeatures features computed of what a request itself holds and, where they name
 *     them, the views' values at its time
 * @param train requests to fit on; those whose label was known by its end
 * @param test requests to evaluate on, after the former
 */
public record TrainingSet(
    String name,
    List<LabelSet> labelSets,
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
    labelSets = List.copyOf(labelSets);
    requestFeatures = List.copyOf(requestFeatures);
    views = List.copyOf(views);
    Problems problems = new Problems("training set '" + name + "'");
    if (test.start().isBefore(train.end())) {
      problems.add(
          "The test period of training set '" + name + "' begins at " + test.start(),
          "the training period ends at " + train.end() + ", and a test on the past proves nothing",
          "Let the test begin when the training ends, or later");
    }
    List<String> labels =
        labelSets.stream().map(labelled -> labelled.label().name()).distinct().toList();
    if (labels.size() > 1) {
      problems.add(
          "The labels of training set '" + name + "' are " + labels,
          "a model learns one, whatever rows it comes from",
          "Give them one name, or make a training set of each");
    }
    if (views.isEmpty() && requestFeatures.isEmpty()) {
      problems.add(
          "Training set '" + name + "' has no feature",
          "there is nothing to learn from",
          "Give it feature views or request features");
    }
    problems.throwIfAny();
    join(name, labelSets, requestFeatures, views, train, test, new Workspace("workspace"));
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

  /** The column that a model of this set predicts. */
  public NamedExpression label() {
    return labelSets.get(0).label();
  }

  /** The sources that its rows and features are made of, each once. */
  public Set<Source> sources() {
    Set<Source> sources = new LinkedHashSet<>();
    labelSets.forEach(labelled -> sources.add(labelled.rows()));
    views.forEach(view -> sources.add(view.source()));
    return sources;
  }

  /**
   * The set's rows: keys, request time, request features, label, split, the views' values, the
   * request features that are computed of those.
   */
  public Node plan(Workspace workspace) {
    return join(name, labelSets, requestFeatures, views, train, test, workspace);
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
    return requests(labelled -> labelled.rows().log(workspace), period, lookups(views, workspace));
  }

  /** The same of other rows than those of the logs. */
  Node requests(Function<LabelSet, Node> rows, Period period, List<AsOfJoin.Lookup> lookups) {
    String of = "requests of training set '" + name + "'";
    ComputedFeatures computed = computed(name, labelSets, requestFeatures, views, lookups);
    Node spine =
        together(
            of,
            labelSets.stream()
                .map(
                    labelled ->
                        labelled.requests(
                            of, rows.apply(labelled), keys(views), computed.ofRequests(), period))
                .toList());
    String set = "training set '" + name + "'";
    return computed.with(set, new AsOfJoin(set, spine, TIME, lookups));
  }

  private static ComputedFeatures computed(
      String name,
      List<LabelSet> labelSets,
      List<NamedExpression> requestFeatures,
      List<FeatureView> views,
      List<AsOfJoin.Lookup> lookups) {
    LabelSet first = labelSets.get(0);
    Set<String> keys = new LinkedHashSet<>(keys(views));
    if (labelSets.stream().allMatch(each -> each.requestTime().equals(TIME))) {
      keys.add(TIME);
    }
    return ComputedFeatures.of(
        "training set '" + name + "'",
        requestFeatures,
        first.rows().logSchema(),
        Set.of(TIME, SPLIT, first.label().name()),
        keys,
        lookups.stream().flatMap(lookup -> lookup.columns().stream()).toList());
  }

  /** A digest of the set's content and of the meaning of its views. */
  public String fingerprint() {
    return Digest.sha256(canonical());
  }

  /** The text that the fingerprint is of. */
  public String canonical() {
    return PlanPrinter.canonical(plan(new Workspace("workspace")));
  }

  /** Where the set lies. */
  public String table(Workspace workspace) {
    return workspace.path("training", name);
  }

  private static List<AsOfJoin.Lookup> lookups(List<FeatureView> views, Workspace workspace) {
    return views.stream().map(view -> view.lookup(workspace)).toList();
  }

  private static Node join(
      String name,
      List<LabelSet> labelSets,
      List<NamedExpression> requestFeatures,
      List<FeatureView> views,
      Period train,
      Period test,
      Workspace workspace) {
    String of = "training set '" + name + "'";
    List<AsOfJoin.Lookup> lookups = lookups(views, workspace);
    Problems problems = new Problems(of);
    ComputedFeatures computed =
        problems
            .collect(() -> computed(name, labelSets, requestFeatures, views, lookups))
            .orElse(ComputedFeatures.NONE);
    List<Node> labelled = new ArrayList<>();
    for (LabelSet each : labelSets) {
      Node log = each.rows().log(workspace);
      problems
          .collect(() -> each.labelled(of, log, keys(views), computed.ofRequests(), train, test))
          .ifPresent(labelled::add);
    }
    problems.throwIfAny();
    return computed.with(of, new AsOfJoin(of, together(of, labelled), TIME, lookups));
  }

  private static Node together(String of, List<Node> sets) {
    return sets.size() == 1 ? sets.get(0) : new Union(of, sets);
  }

  private static List<String> keys(List<FeatureView> views) {
    return views.stream().flatMap(view -> view.entity().keyNames().stream()).distinct().toList();
  }
}
