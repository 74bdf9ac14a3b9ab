package dev.millrace.registry;

import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.greaterThan;

import dev.millrace.registry.HistoryEvent.Kind;
import dev.millrace.transforms.problem.Problem;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/** The table {@code models.history}. */
final class HistoryStore implements AutoCloseable {
  static final String ARCHIVED = "archived";

  private final IcebergTable table;
  private final Upkeep upkeep;
  private final Committer<HistoryIndex> committer;
  private final Clock clock;

  HistoryStore(Catalog catalog, Clock clock) {
    this.table =
        IcebergTable.ensure(
            catalog,
            "history",
            HistoryRow.SCHEMA,
            List.of("sequence", "model", "kind", "alias", "version", "done_at"),
            Map.of());
    this.upkeep =
        new Upkeep(
            table,
            Comparator.comparing((Record row) -> Rows.text(row, "model"))
                .thenComparing(row -> Rows.number(row, "sequence")));
    this.committer = new Committer<>(table, new HistoryIndex(), upkeep);
    this.clock = clock;
  }

  Upkeep upkeep() {
    return upkeep;
  }

  /** Something that was done to a model, among the most others; empty if nothing was. */
  Optional<HistoryEvent> any() {
    return table.anyRow(HistoryRow.COLUMNS).map(HistoryRow::read);
  }

  /** What was done to a model, in order. */
  List<HistoryEvent> events(String model) {
    return events(equal("model", model));
  }

  /** What was done to any model after a place, in order. */
  List<HistoryEvent> since(long sequence) {
    return events(greaterThan("sequence", sequence));
  }

  /** The last move of an alias. */
  Optional<HistoryEvent> alias(String model, String alias) {
    return HistoryIndex.of(events(and(equal("model", model), equal("alias", alias))))
        .alias(model, alias);
  }

  private List<HistoryEvent> events(Expression where) {
    return table.rows(where, HistoryRow.COLUMNS).stream()
        .map(HistoryRow::read)
        .sorted(Comparator.comparingLong(HistoryEvent::sequence))
        .toList();
  }

  /** Moves the alias if it points to {@code expected}; see {@link Registry#promote}. */
  AliasChange promote(
      ModelVersion version, String alias, @Nullable Integer expected, String reason, String by) {
    String model = version.name();
    return committer.commit(
        history -> {
          @Nullable HistoryEvent current = history.alias(model, alias).orElse(null);
          if (current != null && Objects.equals(current.version(), version.version())) {
            return Change.Decision.known(current.aliasChange());
          }
          check(version, alias, expected, current);
          checkStage(history, version, alias);
          checkGates(history, version, alias, by);
          return move(
              history, Kind.PROMOTION, model, alias, version.version(), current, reason, by);
        });
  }

  /** Moves the alias back to where it was; see {@link Registry#rollback}. */
  AliasChange rollback(String model, String alias, int expected, String reason, String by) {
    return committer.commit(
        history -> {
          @Nullable HistoryEvent current = history.alias(model, alias).orElse(null);
          if (current == null || !Objects.equals(current.version(), expected)) {
            throw conflict(model, alias, "back", expected, current);
          }
          int to =
              history
                  .before(model, alias)
                  .orElseThrow(
                      () ->
                          new RegistryException(
                              new Problem(
                                  "Cannot roll back alias '" + alias + "' of model '" + model + "'",
                                  "it pointed to no other version before version " + expected,
                                  "Promote the version that it should point to.")));
          return move(history, Kind.ROLLBACK, model, alias, to, current, reason, by);
        });
  }

  private Change.Decision<AliasChange> move(
      HistoryIndex history,
      Kind kind,
      String model,
      String alias,
      int to,
      @Nullable HistoryEvent current,
      String reason,
      String by) {
    HistoryEvent event =
        new HistoryEvent(
            history.nextSequence(),
            UUID.randomUUID().toString(),
            model,
            kind,
            alias,
            to,
            current == null ? null : current.version(),
            null,
            null,
            List.of(),
            reason,
            by,
            history.nextTime(model, clock));
    return Change.Decision.add(event.aliasChange(), HistoryRow.write(event));
  }

  /** Puts a version in a stage; nothing is written if it is there. */
  void stage(String model, int version, String stage, String reason, String by) {
    committer.commit(
        history -> {
          if (history.stage(model, version).filter(stage::equals).isPresent()) {
            return Change.Decision.known(true);
          }
          List<String> pointing =
              history.aliases(model).entrySet().stream()
                  .filter(each -> each.getValue() == version)
                  .map(Map.Entry::getKey)
                  .toList();
          if (stage.equals(ARCHIVED) && !pointing.isEmpty()) {
            throw new RegistryException(
                new Problem(
                    "Cannot archive " + model + "@" + version,
                    "alias " + String.join(", ", pointing) + " points to it",
                    "Promote another version to it first."));
          }
          return note(history, model, version, Kind.STAGE, stage, null, reason, by);
        });
  }

  void approve(String model, int version, String reason, String by) {
    committer.commit(
        history -> note(history, model, version, Kind.APPROVAL, null, null, reason, by));
  }

  void verified(String model, int version, boolean passed, String detail, String by) {
    committer.commit(
        history -> note(history, model, version, Kind.VERIFICATION, null, passed, detail, by));
  }

  private Change.Decision<Boolean> note(
      HistoryIndex history,
      String model,
      int version,
      Kind kind,
      @Nullable String stage,
      @Nullable Boolean passed,
      String reason,
      String by) {
    HistoryEvent event =
        new HistoryEvent(
            history.nextSequence(),
            UUID.randomUUID().toString(),
            model,
            kind,
            null,
            version,
            null,
            stage,
            passed,
            List.of(),
            reason,
            by,
            history.nextTime(model, clock));
    return Change.Decision.add(true, HistoryRow.write(event));
  }

  /** Sets what an alias asks for; nothing is written if it does already. */
  void policy(String model, String alias, List<Gate> gates, String reason, String by) {
    committer.commit(
        history -> {
          if (history.policy(model, alias).equals(gates)) {
            return Change.Decision.known(true);
          }
          HistoryEvent event =
              new HistoryEvent(
                  history.nextSequence(),
                  UUID.randomUUID().toString(),
                  model,
                  Kind.POLICY,
                  alias,
                  null,
                  null,
                  null,
                  null,
                  gates,
                  reason,
                  by,
                  history.nextTime(model, clock));
          return Change.Decision.add(true, HistoryRow.write(event));
        });
  }

  private static void check(
      ModelVersion version,
      String alias,
      @Nullable Integer expected,
      @Nullable HistoryEvent current) {
    @Nullable Integer held = current == null ? null : current.version();
    if (!Objects.equals(held, expected)) {
      throw conflict(version.name(), alias, "to version " + version.version(), expected, current);
    }
  }

  private static void checkStage(HistoryIndex history, ModelVersion version, String alias) {
    if (history.stage(version.name(), version.version()).filter(ARCHIVED::equals).isPresent()) {
      throw new RegistryException(
          new Problem(
              "Cannot move alias '" + alias + "' to " + version.reference(),
              "that version is archived",
              "Put it in another stage first, or promote another version."));
    }
  }

  private static void checkGates(
      HistoryIndex history, ModelVersion version, String alias, String by) {
    List<String> breaches =
        history.policy(version.name(), alias).stream()
            .map(
                gate -> {
                  String breach = history.breach(version, gate, by);
                  return breach.isEmpty() ? "" : "'" + gate + "' (" + breach + ")";
                })
            .filter(breach -> !breach.isEmpty())
            .toList();
    if (!breaches.isEmpty()) {
      throw new RegistryException(
          new Problem(
              "Cannot move alias '" + alias + "' to " + version.reference(),
              "it does not pass " + String.join(", ", breaches),
              "Mend what is missing, or change the policy of the alias if it asks too much."));
    }
  }

  private static AliasConflictException conflict(
      String model,
      String alias,
      String to,
      @Nullable Integer expected,
      @Nullable HistoryEvent current) {
    String wanted =
        expected == null ? "it was expected not to exist" : "version " + expected + " was expected";
    String found =
        current == null
            ? "it does not exist"
            : "it points to version "
                + current.version()
                + " (by "
                + current.by()
                + " at "
                + current.at()
                + ": "
                + current.reason()
                + ")";
    return new AliasConflictException(
        new Problem(
            "Cannot move alias '" + alias + "' of model '" + model + "' " + to,
            found + ", " + wanted,
            "Look at what it points to, and promote with that as the expected version if the move is still right."),
        current == null ? null : current.version());
  }

  @Override
  public void close() {
    committer.close();
  }
}
