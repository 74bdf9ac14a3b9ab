package dev.millrace.dags;

import dev.millrace.features.AuditJob;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Names;
import dev.millrace.features.Schedule;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.Change;
import dev.millrace.scoring.DriftWatch;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.training.LabelSet;
import dev.millrace.training.ModelSpec;
import dev.millrace.transforms.problem.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Definitions that belong together; the tasks that bring them about follow from them, see {@link
 * #tasks}.
 */
public record Pipeline(
    String name,
    List<FeatureView> views,
    Schedule schedule,
    List<ModelSpec> models,
    List<ScoringJob> scorings,
    List<DriftWatch> watches,
    List<AuditJob> audits) {

  /** Checks that one name means one thing. */
  public Pipeline {
    Names.check("pipeline", name);
    views = List.copyOf(views);
    models = List.copyOf(models);
    scorings = List.copyOf(scorings);
    watches = List.copyOf(watches);
    audits = List.copyOf(audits);
    Problems problems = new Problems("pipeline '" + name + "'");
    unique("Feature view", views.stream().map(FeatureView::name).toList(), problems);
    unique("Model", models.stream().map(ModelSpec::name).toList(), problems);
    unique("Scoring job", scorings.stream().map(ScoringJob::name).toList(), problems);
    unique("Drift watch", watches.stream().map(DriftWatch::name).toList(), problems);
    for (ScoringJob scoring : scorings) {
      if (!models.contains(scoring.model())) {
        problems.add(
            "Scoring job '" + scoring.name() + "' uses model '" + scoring.model().name() + "'",
            "pipeline '" + name + "' does not train that model as it is defined there",
            "Add the same definition with model(...)");
      }
    }
    for (DriftWatch watch : watches) {
      if (!scorings.contains(watch.scoring())) {
        problems.add(
            "Drift watch '"
                + watch.name()
                + "' watches scoring job '"
                + watch.scoring().name()
                + "'",
            "pipeline '" + name + "' does not run that job as it is defined there",
            "Add the same definition with score(...)");
      }
    }
    unique("Audit", audits.stream().map(audit -> audit.view().name()).toList(), problems);
    for (AuditJob audit : audits) {
      String audited = "An audit is of feature view '" + audit.view().name() + "'";
      if (!views.contains(audit.view())) {
        problems.add(
            audited,
            "pipeline '" + name + "' does not materialize that view as it is defined there",
            "Add the same definition with features(...)");
      } else if (audit.view().online().isEmpty()) {
        problems.add(
            audited, "it is not kept online", "Declare it online(...), or leave out the audit");
      }
    }
    Map<String, Source> sources = new HashMap<>();
    Map<String, FeatureView> known = new HashMap<>();
    for (FeatureView view : allViews(views, models)) {
      Source source = view.source();
      FeatureView first = known.putIfAbsent(view.name(), view);
      if (first != null && !first.equals(view)) {
        problems.add(
            "Feature view '" + view.name() + "' has two definitions",
            "a name has one meaning, and they differ in " + differences(first, view),
            "Rename one of them");
      }
      one("Source", source.name(), sources.putIfAbsent(source.name(), source), source, problems);
    }
    for (ModelSpec model : models) {
      for (LabelSet labelled : model.trainingSet().labelSets()) {
        Source rows = labelled.rows();
        one("Source", rows.name(), sources.putIfAbsent(rows.name(), rows), rows, problems);
      }
    }
    problems.throwIfAny();
  }

  /** The views materialized and those that models are trained on. */
  private static List<FeatureView> allViews(List<FeatureView> views, List<ModelSpec> models) {
    List<FeatureView> all = new ArrayList<>(views);
    models.forEach(model -> all.addAll(model.trainingSet().views()));
    return all;
  }

  private static String differences(FeatureView first, FeatureView other) {
    List<String> subjects = first.diff(other).changes().stream().map(Change::subject).toList();
    return subjects.isEmpty() ? "how they are kept" : String.join(", ", subjects);
  }

  private static void one(
      String kind, String name, @Nullable Object first, Object other, Problems problems) {
    if (first != null && !first.equals(other)) {
      problems.add(
          kind + " '" + name + "' has two definitions",
          "a name has one meaning",
          "Rename one of them");
    }
  }

  private static void unique(String kind, List<String> names, Problems problems) {
    Map<String, Integer> counts = new HashMap<>();
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
    counts.forEach(
        (name, count) -> {
          if (count > 1) {
            problems.add(
                kind + " '" + name + "' is declared " + count + " times",
                "a name has one meaning",
                "Rename the others");
          }
        });
  }

  public static Builder named(String name) {
    return new Builder(name);
  }

  /** The sources of the views and of the models' training sets, each once. */
  public List<Source> sources() {
    Set<Source> sources = new LinkedHashSet<>();
    views.forEach(view -> sources.add(view.source()));
    models.forEach(model -> sources.addAll(model.trainingSet().sources()));
    return List.copyOf(sources);
  }

  /** The tasks in an order in which each comes after those it depends on. */
  public List<Task> tasks() {
    return TaskGraph.of(this);
  }

  /** Gathers a pipeline's definitions, in any order. */
  public static final class Builder {
    private final String name;
    private final List<FeatureView> views = new ArrayList<>();
    private @Nullable Schedule schedule;
    private final List<ModelSpec> models = new ArrayList<>();
    private final List<ScoringJob> scorings = new ArrayList<>();
    private final List<DriftWatch> watches = new ArrayList<>();
    private final List<AuditJob> audits = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    public Builder features(FeatureView... more) {
      views.addAll(List.of(more));
      return this;
    }

    /** The times at which the views' values are kept. */
    public Builder materialize(Schedule times) {
      schedule = times;
      return this;
    }

    public Builder model(ModelSpec model) {
      models.add(model);
      return this;
    }

    public Builder score(ScoringJob scoring) {
      scorings.add(scoring);
      return this;
    }

    public Builder watch(DriftWatch watch) {
      watches.add(watch);
      return this;
    }

    /** Has a sample of a view's online values computed anew whenever it has been loaded. */
    public Builder audit(AuditJob audit) {
      audits.add(audit);
      return this;
    }

    /** The pipeline. */
    public Pipeline build() {
      if (schedule == null) {
        throw new IllegalArgumentException(
            "Pipeline '" + name + "' has no schedule. Give one with materialize(...).");
      }
      return new Pipeline(name, views, schedule, models, scorings, watches, audits);
    }
  }
}
