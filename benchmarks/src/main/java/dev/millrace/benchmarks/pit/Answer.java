package dev.millrace.benchmarks.pit;

/**
 * What an answer comes to, so that answers can be compared: the sums over all labels. Latest values
 * are only counted, since of events at one time engines pick different ones.
 *
 * @param counts of the windows' counts
 * @param extremes of the windows' least and greatest values
 * @param averages of the windows' averages, which differ in their last bits where sums are not
 *     exact
 */
record Answer(long labels, long latest, long counts, double extremes, double averages) {
  boolean agrees(Answer other) {
    return labels == other.labels
        && latest == other.latest
        && counts == other.counts
        && near(extremes, other.extremes)
        && near(averages, other.averages);
  }

  private static boolean near(double a, double b) {
    return Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));
  }
}
