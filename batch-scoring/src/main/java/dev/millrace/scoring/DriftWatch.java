package dev.millrace.scoring;

import dev.millrace.features.Names;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.registry.CodeReference;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.scoring.report.DriftPage;
import dev.millrace.scoring.report.DriftReportPage;
import dev.millrace.training.Profiles;
import dev.millrace.training.TrainingJob;
import dev.millrace.training.TrainingSet;
import dev.millrace.transforms.drift.Drift;
import dev.millrace.transforms.drift.DriftReport;
import dev.millrace.transforms.drift.DriftThresholds;
import dev.millrace.transforms.drift.Profile;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds the features and scores of a scoring job against those that its model was trained on, and
 * writes a page of it.
 */
public record DriftWatch(String name, ScoringJob scoring, DriftThresholds thresholds) {
  public DriftWatch {
    Names.check("drift watch", name);
  }

  /** A watch with the usual thresholds. */
  public static DriftWatch named(String name, ScoringJob scoring) {
    return new DriftWatch(name, scoring, DriftThresholds.defaults());
  }

  /** What a run found, and where the page lies. */
  public record Report(DriftReport drift, Path page, ScoringJob.Report scored) {}

  /** The text that tells a watch from another: what it watches, and when it is alarmed. */
  public String canonical() {
    return scoring.canonical() + "\n" + thresholds;
  }

  /**
   * Profiles the predictions and compares.
   *
   * @param scored what the scoring job reported
   */
  public Report run(
      Engine engine, Workspace workspace, Registry registry, ScoringJob.Report scored) {
    RegisteredModel model = RegisteredModel.load(registry, scored.version().reference());
    WriteReport predictions = scored.predictions();
    Scan rows = scoring.predictions(workspace, model);
    List<String> columns =
        Stream.concat(model.inputs().stream(), Stream.of(TrainingJob.SCORE)).toList();
    Profile current =
        Profiles.of(
            engine,
            "drift watch '" + name + "'",
            rows,
            columns,
            Optional.of(
                scoring.period().condition(TrainingSet.TIME)
                    + " and "
                    + ScoringJob.MODEL_VERSION
                    + " = '"
                    + model.version().reference()
                    + "'"));
    Profile reference = Profile.decode(registry.trainingProfile(model.version()));
    DriftReport drift = Drift.compare(reference, current, thresholds);
    Path page = Path.of(workspace.path("monitoring", name, "drift.html"));
    write(page, DriftPage.html(page(model.version(), predictions, drift)));
    return new Report(drift, page, scored);
  }

  private DriftReportPage page(ModelVersion model, WriteReport predictions, DriftReport drift) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Watch", name);

    CodeReference code = model.details().code();
    facts.put("Code commit", code.commit() + (code.dirty() ? " (with changes)" : ""));
    facts.put(
        "Predictions",
        "scoring/" + scoring.name() + "/predictions, version " + predictions.version());
    facts.put("Rows scored", Long.toString(predictions.rows()));
    return new DriftReportPage(
        "Drift of " + model.name(),
        model.reference(),
        text(scoring.model().trainingSet().train()),
        text(scoring.period()),
        facts,
        drift);
  }

  private static String text(dev.millrace.training.Period period) {
    return period.start() + " to " + period.end();
  }

  /** Puts the page there whole, or leaves what was there. */
  private static void write(Path page, String html) {
    try {
      Files.createDirectories(page.getParent());
      Path whole = Files.writeString(page.resolveSibling("drift.html.tmp"), html);
      Files.move(whole, page, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot write the drift report to " + page,
          String.valueOf(failure.getMessage()),
          "Choose a folder that can be written to");
    }
  }
}
