package dev.millrace.pipelines.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.expectation.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableHistoryTest {
  /** A table whose first commit is a stream's or a run's, and two hundred more of another. */
  private static TableHistory history(Account first, Account others) {
    List<TableHistory.Commit> newestFirst = new ArrayList<>();
    for (int version = 200; version > 0; version--) {
      newestFirst.add(new TableHistory.Commit(version, 1, true, others));
    }
    newestFirst.add(new TableHistory.Commit(0, 1, true, first));
    return TableHistory.of(most -> newestFirst.subList(0, Math.min(most, newestFirst.size())));
  }

  private static Account run(ExpectationResult... found) {
    Account.Part all = new Account.Part(null, null, null, "plan", "data");
    return new Account(List.of(all), List.of(found), Map.of());
  }

  private static Account stream() {
    return new Account(
        List.of(),
        List.of(),
        Map.of(),
        new Account.Stream(1, Map.of(0, 1L), null, 1, "", 1, 0, Map.of(), null, null));
  }

  @Test
  void aStreamIsRememberedHoweverManyRunsCameAfterIt() {
    assertThat(history(stream(), run()).isStreamed()).isTrue();
    assertThat(history(run(), run()).isStreamed()).isFalse();
  }

  @Test
  void aRunIsHeldAgainstOneFromBeforeManyBatchesOfAStream() {
    ExpectationResult found = new ExpectationResult("shop is null", Action.WARN, 3);
    assertThat(history(run(found), stream()).runs())
        .singleElement()
        .satisfies(run -> assertThat(run.found()).containsExactly(found));
    assertThat(history(run(), run(found)).runs()).hasSize(100);
  }
}
