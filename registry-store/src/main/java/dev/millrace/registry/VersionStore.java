package dev.millrace.registry;

import static org.apache.iceberg.expressions.Expressions.alwaysTrue;
import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.greaterThan;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/** The table {@code models.versions}. */
final class VersionStore implements AutoCloseable {
  /** A version with its place among all that were registered. */
  record Numbered(long sequence, ModelVersion version) {}

  /**
   * What came of asking for a number.
   *
   * @param created the version, if it is new; else null
   */
  record Taken(int version, VersionState state, @Nullable ModelVersion created) {}

  private final IcebergTable table;
  private final Upkeep upkeep;

  /** Of the committer's thread. */
  private final VersionIndex index = new VersionIndex();

  private final Committer<VersionIndex> committer;
  private final Clock clock;

  VersionStore(Catalog catalog, Clock clock) {
    this.table =
        IcebergTable.ensure(
            catalog,
            "versions",
            VersionRow.SCHEMA,
            List.of("sequence", "name", "version"),
            // A look at one version reads a row group, and where all of the file's are.
            Map.of("write.parquet.row-group-size-bytes", Integer.toString(1 << 20)));
    Comparator<Record> order =
        Comparator.comparing((Record row) -> Rows.text(row, "name"))
            .thenComparing(row -> Rows.integer(row, "version"));
    this.upkeep = new Upkeep(table, order);
    this.committer = new Committer<>(table, index, upkeep);
    this.clock = clock;
  }

  Upkeep upkeep() {
    return upkeep;
  }

  /** Takes the next number of the model for the candidate, unless its content has one. */
  Taken add(ModelCandidate candidate, String fingerprint, VersionState state, List<Stored> kept) {
    return committer.commit(
        numbers -> {
          Optional<VersionIndex.Known> known = numbers.find(candidate.name(), fingerprint);
          if (known.isPresent()) {
            return Change.Decision.known(
                new Taken(known.get().version(), known.get().state(), null));
          }
          ModelVersion next =
              new ModelVersion(
                  numbers.next(candidate.name()),
                  state,
                  fingerprint,
                  candidate.details(),
                  clock.instant().truncatedTo(ChronoUnit.MICROS),
                  kept.get(0),
                  kept.get(1),
                  kept.get(2));
          return Change.Decision.add(
              new Taken(next.version(), state, next),
              VersionRow.write(VersionRow.SCHEMA, next, numbers.nextSequence()));
        });
  }

  /**
   * Says of a pending version where its bytes are, and that it is ready; once. It gets a new place,
   * so that who follows the table sees it.
   */
  void ready(String model, int version, List<Stored> kept) {
    committer.replace(
        key(model, version),
        row ->
            Rows.text(row, "name").equals(model)
                && Rows.integer(row, "version") == version
                && Rows.text(row, "state").equals(VersionState.PENDING.text()),
        row -> {
          ModelVersion pending = VersionRow.read(row);
          return VersionRow.write(
              VersionRow.SCHEMA,
              new ModelVersion(
                  version,
                  VersionState.READY,
                  pending.contentFingerprint(),
                  pending.details(),
                  pending.createdAt(),
                  kept.get(0),
                  kept.get(1),
                  kept.get(2)),
              index.nextSequence());
        });
  }

  /** A version among the most others; empty if there is none. */
  Optional<ModelVersion> any() {
    return table
        .anyRow(List.of("name", "version"))
        .flatMap(row -> find(Rows.text(row, "name"), Rows.integer(row, "version")));
  }

  List<String> models() {
    return table.rows(alwaysTrue(), List.of("name")).stream()
        .map(row -> Rows.text(row, "name"))
        .distinct()
        .sorted()
        .toList();
  }

  List<ModelVersion> versions(String name) {
    return versions(equal("name", name));
  }

  /** Every version of every model. */
  List<ModelVersion> versions() {
    return versions(alwaysTrue());
  }

  Optional<ModelVersion> find(String name, int version) {
    return versions(key(name, version)).stream().findFirst();
  }

  /** The versions that became ready after a place, in order. */
  List<Numbered> since(long sequence) {
    return table.rows(greaterThan("sequence", sequence), VersionRow.COLUMNS).stream()
        .map(row -> new Numbered(Rows.number(row, "sequence"), VersionRow.read(row)))
        .filter(each -> each.version().state() == VersionState.READY)
        .sorted(Comparator.comparingLong(Numbered::sequence))
        .toList();
  }

  private List<ModelVersion> versions(Expression where) {
    return table.rows(where, VersionRow.COLUMNS).stream()
        .map(VersionRow::read)
        .sorted(Comparator.comparing(ModelVersion::name).thenComparingInt(ModelVersion::version))
        .toList();
  }

  private static Expression key(String name, int version) {
    return and(equal("name", name), equal("version", version));
  }

  @Override
  public void close() {
    committer.close();
  }
}
