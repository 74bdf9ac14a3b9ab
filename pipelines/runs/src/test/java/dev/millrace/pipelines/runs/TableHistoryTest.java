package dev.millrace.pipelines.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.problem.MillraceException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static TableHistory of(Account... oldestFirst) {
    List<TableHistory.Commit> newestFirst = new ArrayList<>();
    for (int version = oldestFirst.length - 1; version >= 0; version--) {
      newestFirst.add(new TableHistory.Commit(version, 1, true, oldestFirst[version]));
    }
    return TableHistory.of(most -> newestFirst.subList(0, Math.min(most, newestFirst.size())));
  }

  private static Sink.Delta day(int day) {
    LocalDate date = LocalDate.of(2024, 1, day);
    return new Sink.Delta(
        "table", List.of(), Optional.of(Interval.days("day", date, date.plusDays(1))));
  }

  private static Account of(int day, String data) {
    Account.Part part = Account.Part.of(day(day).interval(), new PlanIdentity("plan", data));
    return new Account(List.of(part), List.of(), Map.of());
  }

  @Test
  void whatWasWrittenSinceARunBeganIsNotReplaced() {
    TableHistory history = of(of(1, "a"), of(2, "b"));
    TableHistory.ReadVersion first = new TableHistory.ReadVersion(0, false);
    history.requireNoneSince(first, day(1));
    history.requireNoneSince(new TableHistory.ReadVersion(1, false), day(2));
    assertThatThrownBy(() -> history.requireNoneSince(first, day(2)))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot write table, day from 2024-01-02T00:00:00Z")
        .hasMessageContaining("another run wrote the table meanwhile");
  }

  @Test
  void whatWasSetAsideSinceARunBeganIsNotReplacedByAnother() {
    TableHistory history = of(of(1, "a"), of(2, "b"), stream());
    TableHistory.ReadVersion began = new TableHistory.ReadVersion(0, false);
    history.requireNoneAsideSince(began, day(1), of(1, "c").parts());
    history.requireNoneAsideSince(began, day(2), of(2, "b").parts());
    assertThatThrownBy(() -> history.requireNoneAsideSince(began, day(2), of(2, "c").parts()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("another run set some aside meanwhile");
    // A replay reads the rows without a time, which are of every day.
    TableHistory.ReadVersion read = new TableHistory.ReadVersion(0, true);
    assertThatThrownBy(() -> history.requireNoneAsideSince(read, day(1), of(1, "c").parts()))
        .isInstanceOf(MillraceException.class);
  }
}
