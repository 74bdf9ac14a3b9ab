package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.MaterializeJob;
import dev.millrace.features.QualityJob;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.training.LeakageAudit;
import dev.millrace.training.ModelSpec;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Features of the project. */
@Command(
    name = "features",
    description = "Bring in rows, compute feature values and look at them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      FeaturesCommand.Read.class,
      FeaturesCommand.Ingest.class,
      FeaturesCommand.Replay.class,
      FeaturesCommand.ShowQuality.class,
      FeaturesCommand.Leakage.class,
      FeaturesCommand.Backfill.class
    })
final class FeaturesCommand {
  private FeaturesCommand() {}

  /** Reads one entity's features from the online store. */
  @Command(name = "read", description = "Read an entity's features from the online store.")
  static final class Read implements Callable<Integer> {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        defaultValue = "millrace-quickstart",
        description = "Where the run lies (default: ${DEFAULT-VALUE}).")
    private Path dir = Path.of("millrace-quickstart");

    @Option(
        names = "--view",
        paramLabel = "VIEW",
        required = true,
        description = "The feature view.")
    private String view = "";

    @Option(
        names = "--at",
        converter = Time.class,
        paramLabel = "TIME",
        description =
            "The time, as 2001-02-05T00:00:00Z (default: the end of what was materialized).")
    private @Nullable Instant at;

    @Parameters(paramLabel = "KEY=VALUE", arity = "1..*", description = "The entity's keys.")
    private Map<String, String> keys = Map.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      try (Home home = Home.existing(dir).claimed()) {
        read(home, Home.pipeline(null));
      }
      return 0;
    }

    private void read(Home home, Pipeline pipeline) {
      FeatureView wanted =
          chosen("feature view", view, pipeline.views(), FeatureView::name, pipeline.name()).get(0);
      Instant time = at == null ? pipeline.schedule().end() : at;
      try (LocalRedis redis = LocalRedis.start(home.folder().resolve("redis"), 0);
          FeatureReader reader =
              FeatureReader.connect(redis.address(), Duration.ofSeconds(5), List.of(wanted))) {
        TextTable table = new TextTable("feature of " + keys + " at " + time, "value");
        reader.read(keys, time).forEach((name, value) -> table.row(name, String.valueOf(value)));
        spec.commandLine().getOut().print(table);
        spec.commandLine().getOut().flush();
      }
    }
  }

  /** Days of a run. */
  static final class DayOptions {
    @Option(
        names = "--from",
        converter = Day.class,
        paramLabel = "DAY",
        description = "The first day, in UTC, as 2001-02-05 (default: the schedule's).")
    private @Nullable LocalDate from;

    @Option(
        names = "--to",
        converter = Day.class,
        paramLabel = "DAY",
        description = "The day to stop before (default: the schedule's end).")
    private @Nullable LocalDate to;

    boolean given() {
      return from != null || to != null;
    }

    Days or(Days all) {
      return new Days(from == null ? all.start() : from, to == null ? all.end() : to);
    }
  }

  /** Brings in rows of sources. */
  @Command(
      name = "ingest",
      description = {
        "Bring a source's rows into its log, all or those of some days.",
        "Days replace what the log holds of them; values that reach them are computed anew by 'backfill'."
      })
  static final class Ingest implements Callable<Integer> {
    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private DayOptions days = new DayOptions();

    @Option(
        names = "--source",
        paramLabel = "SOURCE",
        description = "The source (default: every source of the pipeline).")
    private @Nullable String source;

    @Spec private CommandSpec spec = CommandSpec.create();

    private WriteReport ingest(SparkEngine engine, Workspace workspace, Source of, Days scheduled) {
      IngestJob job = new IngestJob(of);
      QualityJob quality = new QualityJob(of);
      if (!days.given()) {
        WriteReport report = job.run(engine, workspace);
        quality.run(engine, workspace);
        return report;
      }
      WriteReport report = engine.run(job.plan(workspace, days.or(scheduled)));
      engine.run(quality.plan(workspace, days.or(scheduled)));
      return report;
    }

    @Override
    public Integer call() throws Exception {
      Pipeline pipeline = home.pipeline();
      TextTable table = new TextTable("source", "rows", "set aside", "version");
      try (Home open = home.claim();
          SparkEngine engine = open.engine()) {
        for (Source each :
            chosen("source", source, pipeline.sources(), Source::name, pipeline.name())) {
          WriteReport report =
              Progress.during(
                  "ingest " + each.name(),
                  engine,
                  () -> ingest(engine, open.workspace(), each, pipeline.schedule().events()));
          table.row(
              each.name(),
              Long.toString(report.rows()),
              Long.toString(report.quarantined()),
              report.version() + (report.unchanged() ? " (unchanged)" : ""));
        }
      }
      spec.commandLine().getOut().print(table);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** Judges rows that were set aside again. */
  @Command(
      name = "replay",
      description = {
        "Judge rows that were set aside again, by what is expected of them now: those that hold go into the log.",
        "For after an expectation was mended; rows mended at their origin are ingested again."
      })
  static final class Replay implements Callable<Integer> {
    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private DayOptions days = new DayOptions();

    @Option(names = "--source", paramLabel = "SOURCE", required = true, description = "The source.")
    private String source = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      Pipeline pipeline = home.pipeline();
      Source of =
          chosen("source", source, pipeline.sources(), Source::name, pipeline.name()).get(0);
      Optional<Days> judged =
          days.given() ? Optional.of(days.or(pipeline.schedule().events())) : Optional.empty();
      TextTable table = new TextTable("source", "rows", "set aside", "version");
      try (Home open = home.claim();
          SparkEngine engine = open.engine()) {
        WriteReport report =
            Progress.during(
                "replay " + of.name(),
                engine,
                () -> new IngestJob(of).replay(engine, open.workspace(), judged));
        table.row(
            of.name(),
            Long.toString(report.rows()),
            Long.toString(report.quarantined()),
            report.version() + (report.unchanged() ? " (unchanged)" : ""));
      }
      spec.commandLine().getOut().print(table);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** Shows what the rows of a source are like. */
  @Command(
      name = "quality",
      description = {
        "Show what the rows of a source's log are like, of all days or some.",
        "The profile is merged from the states kept of each day; no row is read."
      })
  static final class ShowQuality implements Callable<Integer> {
    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private DayOptions days = new DayOptions();

    @Option(
        names = "--source",
        paramLabel = "SOURCE",
        description = "The source (default: every source of the pipeline).")
    private @Nullable String source;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Pipeline pipeline = home.pipeline();
      PrintWriter out = spec.commandLine().getOut();
      try (Home open = home.claim();
          SparkEngine engine = open.engine()) {
        for (Source each :
            chosen("source", source, pipeline.sources(), Source::name, pipeline.name())) {
          Optional<Days> of =
              days.given() ? Optional.of(days.or(pipeline.schedule().events())) : Optional.empty();
          QualityJob.Quality quality = new QualityJob(each).quality(engine, open.workspace(), of);
          out.printf("%s: %d rows of %d days%n", each.name(), quality.rows(), quality.days());
          out.print(QualityTable.of(quality));
        }
      }
      out.flush();
      return 0;
    }
  }

  /** Looks for features that see the future. */
  @Command(
      name = "leakage",
      description = {
        "Change all that was not known at some times, and show that no feature asked for by then moves.",
        "A request's own row is of later, but for its keys, the columns of its time and those said to be known."
      })
  static final class Leakage implements Callable<Integer> {
    @Mixin private HomeOptions home = new HomeOptions();

    @Option(names = "--model", paramLabel = "MODEL", required = true, description = "The model.")
    private String model = "";

    @Option(
        names = "--known",
        paramLabel = "COLUMN",
        split = ",",
        description = "Columns of a request that are known when it is made, such as a timetable's.")
    private Set<String> known = Set.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      Pipeline pipeline = home.pipeline();
      ModelSpec of =
          chosen("model", model, pipeline.models(), ModelSpec::name, pipeline.name()).get(0);
      LeakageAudit audit = new LeakageAudit(of.trainingSet(), known);
      PrintWriter out = spec.commandLine().getOut();
      try (Home open = home.claim();
          SparkEngine engine = open.engine()) {
        LeakageAudit.Report report =
            Progress.during(
                "leakage of " + model, engine, () -> audit.run(engine, open.workspace()));
        out.printf(
            "%d requests at %s, %d later rows changed: %s%n",
            report.requests(),
            report.times(),
            report.changed(),
            report.moved().isEmpty() ? "no feature moved" : "features moved");
        if (report.moved().isEmpty()) {
          out.flush();
          return 0;
        }
        TextTable table = new TextTable("feature", "values that moved");
        report.moved().forEach(moved -> table.row(moved.column(), Long.toString(moved.values())));
        out.print(table);
        out.flush();
      }
      throw MillraceException.because(
          "Features of model '" + model + "' see what is known only later",
          "their values moved with it",
          "Take other columns, or name those that are known by then with --known");
    }
  }

  /** Computes values of views. */
  @Command(
      name = "backfill",
      description = {
        "Compute the values of a view's days that are missing or not current, some days a commit.",
        "A run that was stopped goes on from its last commit when it is run again."
      })
  static final class Backfill implements Callable<Integer> {
    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private DayOptions days = new DayOptions();

    @Option(
        names = "--view",
        paramLabel = "VIEW",
        description = "The feature view (default: every view of the pipeline).")
    private @Nullable String view;

    @Option(
        names = "--chunk",
        paramLabel = "DAYS",
        description = "How many days in one commit (default: ${DEFAULT-VALUE}).")
    private int chunk = MaterializeJob.MOST_DAYS;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      Pipeline pipeline = home.pipeline();
      PrintWriter out = spec.commandLine().getOut();
      List<LocalDate> all = pipeline.schedule().days();
      Days within = days.or(new Days(all.get(0), all.get(all.size() - 1).plusDays(1)));
      try (Home open = home.claim();
          SparkEngine engine = open.engine()) {
        for (FeatureView each :
            chosen("feature view", view, pipeline.views(), FeatureView::name, pipeline.name())) {
          MaterializeJob job = new MaterializeJob(each, pipeline.schedule());
          int computed =
              Progress.during(
                  "backfill " + each.name(),
                  engine,
                  () ->
                      job.backfill(
                          engine, open.workspace(), within, chunk, new Told(each.name(), out)));
          if (computed == 0) {
            out.printf("%s: %s is current%n", each.name(), within);
          }
          out.flush();
        }
      }
      return 0;
    }
  }

  /** Tells of a backfill, a line for each commit. */
  private record Told(String view, PrintWriter out) implements MaterializeJob.Listener {
    @Override
    public void begins(int days) {
      out.printf("%s: %d days to compute%n", view, days);
      out.flush();
    }

    @Override
    public void written(Days days, WriteReport report, int done, int total) {
      out.printf(
          "%s: %s written, %d of %d days, %d values%n", view, days, done, total, report.rows());
      out.flush();
    }
  }

  /** The one of that name, or all where none is asked for. */
  private static <T> List<T> chosen(
      String kind, @Nullable String name, List<T> all, Function<T, String> names, String pipeline) {
    List<T> found =
        all.stream().filter(each -> name == null || names.apply(each).equals(name)).toList();
    if (name != null && found.isEmpty()) {
      throw new MillraceException(
          Problem.unknown(
              kind, name, "pipeline '" + pipeline + "'", all.stream().map(names).toList()));
    }
    return found;
  }

  /** A day as a person writes it. */
  static final class Day implements ITypeConverter<LocalDate> {
    @Override
    public LocalDate convert(String text) {
      try {
        return LocalDate.parse(text);
      } catch (DateTimeParseException malformed) {
        throw new TypeConversionException("'" + text + "' is no day; write it as 2001-02-05");
      }
    }
  }

  /** A time as a person writes it. */
  static final class Time implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException malformed) {
        throw new TypeConversionException(
            "'" + text + "' is no time; write it as 2001-02-05T00:00:00Z");
      }
    }
  }
}
