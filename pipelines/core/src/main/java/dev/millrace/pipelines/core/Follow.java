package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problems;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * A plan that goes on: rows of a stream are judged, those that hold go into a log and into the
 * tiles of windows over it, batch by batch.
 *
 * @param name what is followed
 * @param log the rows that hold, above one {@link Expect}, and the Delta table they go to
 * @param eventTime the log's column of the time that a row happened
 * @param retention a row that happened this long before the newest is set aside; until then it is
 *     late, and counts
 * @param ahead a row that happens this long after its message was sent is set aside, so that one
 *     wrong clock does not make all others late
 * @param online tiles over the log, and where they are kept
 */
public record Follow(
    String name,
    Write log,
    String eventTime,
    Duration retention,
    Duration ahead,
    List<Write> online)
    implements Serializable {

  /** Checks that all rows come from one stream. */
  public Follow {
    online = List.copyOf(online);
    Problems problems = new Problems(name);
    if (PlanNodes.of(log.input(), Expect.class).size() != 1
        || PlanNodes.of(log.input(), Scan.class).size() != 1) {
      problems.add(
          "Cannot follow " + name,
          "its rows do not come from one stream through one set of expectations",
          "Follow a source");
    }
    problems.throwIfAny();
  }

  /** The expectations. */
  public Expect expect() {
    return PlanNodes.of(log.input(), Expect.class).get(0);
  }

  /** The stream. */
  public Scan stream() {
    return PlanNodes.of(log.input(), Scan.class).get(0);
  }
}
