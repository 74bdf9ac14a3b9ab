package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Standing;
import java.util.Optional;

/**
 * What the last run left in a sink that is replaced whole.
 *
 * @param version empty where the sink has none
 */
public record Kept(Account account, String version, long rows) {
  /** How that stands to what a run of that identity would leave; missing where there is nothing. */
  public static Standing standing(Optional<Kept> last, PlanIdentity identity) {
    return last.map(kept -> kept.account().standing(Optional.empty(), identity))
        .orElse(Standing.MISSING);
  }

  /** Whether a run of that account has been here, whatever it found. */
  public boolean isOf(Account other) {
    return account.parts().equals(other.parts());
  }
}
