package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.problem.MillraceException;
import java.time.Duration;
import java.time.Instant;

/**
 * Holds a sample of a view's online values against those of its log whenever the view has been
 * loaded, and fails where one differs. Each time looks at other entities.
 *
 * @param share of the entities that are looked at: more than 0, up to 1
 */
public record AuditJob(FeatureView view, double share) {
  private static final double USUAL_SHARE = 0.01;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public AuditJob {
    OnlineAudit.checkShare(share);
  }

  /** Of one entity in a hundred. */
  public static AuditJob of(FeatureView view) {
    return new AuditJob(view, USUAL_SHARE);
  }

  public AuditJob withShare(double other) {
    return new AuditJob(view, other);
  }

  /**
   * Audits.
   *
   * @param time when the values are of
   * @throws MillraceException where a value differs
   */
  public OnlineAudit.Report run(
      Engine engine, Workspace workspace, Sink.OnlineAddress online, Instant time) {
    try (FeatureReader reader = FeatureReader.over(online).views(view).timeout(TIMEOUT).connect()) {
      OnlineAudit.Report report = new OnlineAudit(view, time, share).run(engine, workspace, reader);
      if (!report.isEqual()) {
        throw MillraceException.because(
            "The online values of feature view '" + view.name() + "' are not those of its log",
            differences(report),
            "Load the online store again, and see who else writes there");
      }
      return report;
    }
  }

  private static String differences(OnlineAudit.Report report) {
    String unknown =
        report.unknown() == 0
            ? ""
            : report.unknown() + " entities online are not in the log at " + report.time();
    if (report.differences().isEmpty()) {
      return unknown;
    }
    return report.differences().size()
        + " of "
        + report.values()
        + " values at "
        + report.time()
        + " differ, the first of which is "
        + report.differences().get(0)
        + (unknown.isEmpty() ? "" : "; " + unknown);
  }
}
