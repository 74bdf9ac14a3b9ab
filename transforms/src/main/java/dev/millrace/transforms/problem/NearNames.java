package dev.millrace.transforms.problem;

import java.util.Locale;
import java.util.Optional;

/**
 * Finds the name that was probably meant: the closest by edit distance, if it is close enough to be
 * a slip.
 */
public final class NearNames {
  private NearNames() {}

  /** The known name within a third of the given one's length in edits (at least one), or none. */
  public static Optional<String> nearest(String name, Iterable<String> known) {
    int allowed = Math.max(1, name.length() / 3);
    String best = null;
    for (String candidate : known) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance <= allowed) {
        best = candidate;
        allowed = distance - 1;
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost
   * one.
   */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(
                Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + substitution);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
