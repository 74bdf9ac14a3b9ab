package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.Task;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.OnlineAudit;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.training.TrainingReport;
import dev.millrace.transforms.drift.ColumnDrift;
import dev.millrace.transforms.problem.MillraceException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells a person what each step of the quickstart did, and where. */
final class QuickstartReport implements Task.ResultVisitor<Void> {
  private final PrintWriter out;
  private final Home home;
  private final Pipeline pipeline;
  private final int steps;
  private final TextTable summary = new TextTable("step", "result", "seconds");
  private int step;
  private long stepBegan;
  private String stepName = "";

  QuickstartReport(PrintWriter out, Home home, Pipeline pipeline) {
    this.out = out;
    this.home = home;
    this.pipeline = pipeline;
    this.steps = pipeline.tasks().size() + 1;
  }

  void begin(Sink.OnlineAddress redis) {
    say("Millrace quickstart: pipeline '%s' in %s", pipeline.name(), home.folder());
    say("Redis listens on %s; Spark starts with the first step, in a few seconds.", redis);
  }

  void step(String name) {
    step++;
    stepName = name;
    stepBegan = System.nanoTime();
    say("%n[%d/%d] %s", step, steps, name);
  }

  void result(Task.Result result) {
    result.accept(this);
  }

  @Override
  public Void visit(Task.Result.Ingested ingested) {
    WriteReport report = ingested.report();
    TextTable rules = new TextTable("expectation broken", "action", "rows");
    report
        .expectations()
        .forEach(
            each ->
                rules.row(
                    each.rule(),
                    each.action().name().toLowerCase(Locale.ROOT),
                    count(each.breaches())));
    out.print(rules);
    say("  the gate passed on the rest");
    wrote("accepted", report);
    say("  quarantine    %s", ingested.job().quarantine(home.workspace()));
    return done(
        count(report.rows()) + " rows accepted, " + count(report.quarantined()) + " set aside");
  }

  @Override
  public Void visit(Task.Result.Materialized materialized) {
    WriteReport offline = materialized.report().offline();
    wrote("offline", offline);
    String online =
        materialized
            .report()
            .online()
            .map(
                report -> {
                  say("  online        %s, %s entities", report.location(), count(report.rows()));
                  return ", " + count(report.rows()) + " entities online";
                })
            .orElse("");
    return done(count(offline.rows()) + " values offline" + online);
  }

  @Override
  public Void visit(Task.Result.Trained trained) {
    TrainingReport report = trained.report();
    wrote("training set", report.trainingSet());
    ModelVersion version = report.version();
    report
        .proof()
        .ifPresent(
            proof ->
                say(
                    "  ONNX proof    %s rows: greatest difference %s, other classes %d",
                    count(proof.rows()),
                    Double.toString(proof.maxDifference()),
                    proof.otherClasses()));
    String commit = version.details().code().commit();
    String auc = decimal(version.details().metric("auc", "test").orElse(Double.NaN));
    say(
        "  AUC           %s on the held-out test, %s in training",
        auc, decimal(version.details().metric("auc", "train").orElse(Double.NaN)));
    say(
        "  registered    %s%s, champion; code %s",
        version.reference(),
        report.created() ? "" : " already, nothing has changed",
        commit.substring(0, Math.min(10, commit.length())));
    return done(version.reference() + ", test AUC " + auc);
  }

  @Override
  public Void visit(Task.Result.Scored scored) {
    WriteReport written = scored.report().predictions();
    String version = scored.report().version().reference();
    say("  scored with   %s", version);
    wrote("predictions", written);
    return done(count(written.rows()) + " rows scored by " + version);
  }

  @Override
  public Void visit(Task.Result.Watched watched) {
    TextTable table = new TextTable("column", "verdict", "PSI", "JS distance", "nulls +/-");
    for (ColumnDrift row : watched.report().drift().rows()) {
      String verdict = row.verdict().name().toLowerCase(Locale.ROOT);
      if (row instanceof ColumnDrift.Compared compared) {
        table.row(
            row.column(),
            verdict,
            decimal(compared.statistics().populationStabilityIndex()),
            decimal(compared.statistics().jensenShannonDistance()),
            decimal(compared.statistics().nullShareDifference()));
      } else if (row instanceof ColumnDrift.NotCompared missing) {
        table.row(row.column(), verdict, "-", "-", missing.reason().sentence());
      }
    }
    out.print(table);
    say("  page          %s", watched.report().page());
    return done(watched.report().drift().verdict().name().toLowerCase(Locale.ROOT) + " overall");
  }

  @Override
  public Void visit(Task.Result.Audited audited) {
    OnlineAudit.Report report = audited.report();
    String found =
        count(report.values()) + " values of " + count(report.entities()) + " entities, 0 differ";
    say("  sample        %s", found);
    return done(found);
  }

  void vector(FeatureReader reader, Map<String, String> entity) {
    reader.read(entity, pipeline.schedule().end());
    long began = System.nanoTime();
    Map<String, @Nullable Object> vector = reader.read(entity, pipeline.schedule().end()).values();
    long micros = (System.nanoTime() - began) / 1000;
    TextTable table = new TextTable("feature of " + entity, "online value");
    vector.forEach((name, value) -> table.row(name, String.valueOf(value)));
    out.print(table);
    say("  read in one round trip, %d microseconds", micros);
  }

  void audits(List<FeatureView> views, List<OnlineAudit.Report> audits) {
    long values = 0;
    long differences = 0;
    for (int i = 0; i < audits.size(); i++) {
      OnlineAudit.Report audit = audits.get(i);
      say(
          "  audit         %s: %s values of %s entities, %d differ from the offline ones",
          views.get(i).name(),
          count(audit.values()),
          count(audit.entities()),
          audit.differences().size());
      values += audit.values();
      differences += audit.differences().size() + audit.unknown();
    }
    if (differences > 0) {
      throw MillraceException.because(
          differences + " of " + values + " online values differ from the offline ones",
          "the first is " + audits.stream().flatMap(a -> a.differences().stream()).findFirst(),
          "Report it: this must never happen");
    }
    done(count(values) + " values, 0 differ");
  }

  void end(Registry registry, Duration took) {
    say("");
    out.print(summary);
    say(
        "%n  %d seconds in all; heap at most %d MB",
        took.toSeconds(), Runtime.getRuntime().maxMemory() >> 20);
    String model = pipeline.models().get(0).name();
    say("  champion of %s: version %d", model, registry.resolve(model + "@champion").version());
    say("%nTry next:");
    String dir = " --dir '" + home.folder() + "'";
    FeatureView view = pipeline.views().get(0);
    String keys =
        view.entity().keyNames().stream()
            .map(key -> key + "=" + Home.project().exampleEntity().get(key))
            .collect(Collectors.joining(" "));
    say("  ./millrace features read%s --view %s %s", dir, view.name(), keys);
    say("  ./millrace registry list%s", dir);
    say(
        "  ./millrace sql%s \"select model_version, count(*) as rows, avg(score) as mean_score from delta.`%s` group by 1\"",
        dir, home.workspace().path("scoring", pipeline.scorings().get(0).name(), "predictions"));
  }

  private void wrote(String what, WriteReport report) {
    say(
        "  %-13s %s rows in %s, version %s%s",
        what,
        count(report.rows()),
        report.location(),
        report.version(),
        report.unchanged() ? " (unchanged)" : "");
  }

  private Void done(String result) {
    double seconds = (System.nanoTime() - stepBegan) / 1e9;
    summary.row(stepName, result, String.format(Locale.ROOT, "%.1f", seconds));
    return null;
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String decimal(@Nullable Double number) {
    return number == null ? "-" : String.format(Locale.ROOT, "%.4f", number);
  }

  private void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }
}
