package dev.millrace.registry;

import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import dev.millrace.transforms.problem.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The table {@code models.aliases}. */
final class AliasStore {
  private static final Schema SCHEMA =
      new Schema(
          required(1, "model", Types.StringType.get()),
          required(2, "alias", Types.StringType.get()),
          required(3, "version", Types.IntegerType.get()),
          optional(4, "previous_version", Types.IntegerType.get()),
          required(5, "reason", Types.StringType.get()),
          required(6, "changed_by", Types.StringType.get()),
          required(7, "changed_at", Types.TimestampType.withZone()),
          required(8, "commit_id", Types.StringType.get()));
  private static final List<String> COLUMNS =
      SCHEMA.columns().stream().map(Types.NestedField::name).toList();

  /** A change and the call that wrote it. */
  private record Entry(AliasChange change, String commitId) {}

  private final IcebergTable table;
  private final Committer committer;
  private final Clock clock;

  AliasStore(Catalog catalog, Clock clock) {
    this.table = IcebergTable.ensure(catalog, TableIdentifier.of("models", "aliases"), SCHEMA);
    this.committer = new Committer(table);
    this.clock = clock;
  }

  List<AliasChange> history(String model) {
    return entries(table.load(), model).stream().map(Entry::change).toList();
  }

  Optional<AliasChange> current(String model, String alias) {
    return last(history(model), alias);
  }

  /** Moves the alias if it points to {@code expected}; see {@link Registry#promote}. */
  AliasChange move(
      String model,
      String alias,
      int version,
      @Nullable Integer expected,
      String reason,
      String by) {
    String commitId = UUID.randomUUID().toString();
    Expression sameModel = equal("model", model);
    return committer.commit(
        sameModel,
        read -> {
          List<Entry> entries = entries(read, model);
          Optional<Entry> mine =
              entries.stream().filter(e -> e.commitId().equals(commitId)).findFirst();
          if (mine.isPresent()) {
            return new Decision<>(mine.get().change(), null);
          }
          List<AliasChange> history = entries.stream().map(Entry::change).toList();
          AliasChange current = last(history, alias).orElse(null);
          if (current != null && current.version() == version) {
            return new Decision<>(current, null);
          }
          Integer held = current == null ? null : (Integer) current.version();
          if (!Objects.equals(held, expected)) {
            throw conflict(model, alias, version, expected, current);
          }
          AliasChange next =
              new AliasChange(model, alias, version, held, reason, by, nextTime(history));
          return new Decision<>(next, row(read.schema(), next, commitId));
        });
  }

  private static Optional<AliasChange> last(List<AliasChange> history, String alias) {
    return history.stream()
        .filter(change -> change.alias().equals(alias))
        .reduce((earlier, later) -> later);
  }

  private Instant nextTime(List<AliasChange> history) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    if (history.isEmpty()) {
      return now;
    }
    Instant afterLast = history.get(history.size() - 1).at().plus(1, ChronoUnit.MICROS);
    return now.isBefore(afterLast) ? afterLast : now;
  }

  private static List<Entry> entries(Table read, String model) {
    return IcebergTable.rows(read, equal("model", model), COLUMNS).stream()
        .map(AliasStore::entry)
        .sorted(Comparator.comparing(entry -> entry.change().at()))
        .toList();
  }

  private static Entry entry(Record row) {
    return new Entry(
        new AliasChange(
            VersionRow.text(row, "model"),
            VersionRow.text(row, "alias"),
            (Integer) row.getField("version"),
            (Integer) row.getField("previous_version"),
            VersionRow.text(row, "reason"),
            VersionRow.text(row, "changed_by"),
            VersionRow.instant(row, "changed_at")),
        VersionRow.text(row, "commit_id"));
  }

  private static Record row(Schema schema, AliasChange change, String commitId) {
    Record row = GenericRecord.create(schema);
    row.setField("model", change.model());
    row.setField("alias", change.alias());
    row.setField("version", change.version());
    row.setField("previous_version", change.previous());
    row.setField("reason", change.reason());
    row.setField("changed_by", change.by());
    row.setField("changed_at", change.at().atOffset(ZoneOffset.UTC));
    row.setField("commit_id", commitId);
    return row;
  }

  private static AliasConflictException conflict(
      String model,
      String alias,
      int version,
      @Nullable Integer expected,
      @Nullable AliasChange current) {
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
            "Cannot move alias '" + alias + "' of model '" + model + "' to version " + version,
            found + ", " + wanted,
            "Look at what it points to, and promote with that as the expected version if the move is still right."),
        current == null ? null : current.version());
  }
}
