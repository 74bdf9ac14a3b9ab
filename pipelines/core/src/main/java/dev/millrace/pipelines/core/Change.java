package dev.millrace.pipelines.core;

/**
 * One difference between two plans.
 *
 * @param subject what differs: {@code feature 'avg_delay_1h'}, {@code filter of feature view 'v'}
 * @param before as it was; empty where it is new
 * @param after as it is; empty where it is gone
 */
public record Change(String subject, String before, String after) {
  @Override
  public String toString() {
    if (before.isEmpty()) {
      return "+ " + subject + ": " + after;
    }
    return after.isEmpty()
        ? "- " + subject + ": " + before
        : "~ " + subject + ": " + before + " -> " + after;
  }
}
