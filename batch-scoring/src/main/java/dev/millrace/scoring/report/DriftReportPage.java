package dev.millrace.scoring.report;

import dev.millrace.transforms.drift.DriftReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What stands on a drift page; all texts are plain, any character will do.
 *
 * @param title the page's heading, not blank
 * @param modelReference the model and version that the reference belongs to, such as {@code
 *     late_flight@3}
 * @param referencePeriod what the reference was profiled from, in words
 * @param currentPeriod what it is compared with, in words
 * @param facts what the report was made from, label to value, shown in the map's order
 * @param report the comparison
 */
public record DriftReportPage(
    String title,
    String modelReference,
    String referencePeriod,
    String currentPeriod,
    Map<String, String> facts,
    DriftReport report) {

  public DriftReportPage {
    if (title.isBlank()) {
      throw new IllegalArgumentException("A drift page needs a title: it is blank.");
    }
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }
}
