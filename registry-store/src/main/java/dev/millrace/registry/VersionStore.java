package dev.millrace.registry;

import static org.apache.iceberg.expressions.Expressions.alwaysTrue;
import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;

import dev.millrace.transforms.problem.Problem;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;

/** The table {@code models.versions}. */
final class VersionStore {
  private final IcebergTable table;
  private final Committer committer;
  private final Clock clock;

  VersionStore(Catalog catalog, Clock clock) {
    this.table =
        IcebergTable.ensure(catalog, TableIdentifier.of("models", "versions"), VersionRow.SCHEMA);
    this.committer = new Committer(table);
    this.clock = clock;
  }

  Registration register(ModelCandidate candidate) {
    String commitId = UUID.randomUUID().toString();
    String fingerprint = candidate.contentFingerprint();
    Expression sameModel = equal("name", candidate.name());
    return committer.commit(
        sameModel,
        read -> {
          int last = 0;
          for (Record key : IcebergTable.rows(read, sameModel, VersionRow.KEY)) {
            int version = (Integer) key.getField("version");
            if (fingerprint.equals(key.getField("content_fingerprint"))) {
              boolean mine = commitId.equals(key.getField("commit_id"));
              ModelVersion held = find(read, candidate.name(), version).orElseThrow();
              return new Decision<>(new Registration(held, mine), null);
            }
            last = Math.max(last, version);
          }
          ModelVersion next =
              ModelVersion.of(candidate, last + 1, clock.instant().truncatedTo(ChronoUnit.MICROS));
          return new Decision<>(
              new Registration(next, true),
              VersionRow.write(read.schema(), next, candidate, commitId));
        });
  }

  List<String> models() {
    return IcebergTable.rows(table.load(), alwaysTrue(), List.of("name")).stream()
        .map(row -> VersionRow.text(row, "name"))
        .distinct()
        .sorted()
        .toList();
  }

  List<ModelVersion> versions(String name) {
    return IcebergTable.rows(table.load(), equal("name", name), VersionRow.DESCRIPTION).stream()
        .map(VersionRow::read)
        .sorted(Comparator.comparingInt(ModelVersion::version))
        .toList();
  }

  Optional<ModelVersion> find(String name, int version) {
    return find(table.load(), name, version);
  }

  /** The bytes in {@code column}, which must be what {@code expected} says. */
  byte[] content(ModelVersion version, String column, Digest expected) {
    String what = column.replace('_', ' ') + " of " + version.reference();
    List<Record> rows;
    try {
      rows =
          IcebergTable.rows(table.load(), key(version.name(), version.version()), List.of(column));
    } catch (RuntimeException e) {
      throw new RegistryException(
          new Problem(
              "Cannot read the " + what,
              "its file in the registry is unreadable (" + e.getMessage() + ")",
              "Restore the file from a copy of the warehouse, or register the model again."),
          e);
    }
    if (rows.isEmpty()) {
      throw new RegistryException(
          new Problem("Cannot read the " + what, "this registry does not hold that version", ""));
    }
    Content found = Content.joined(chunks(rows.get(0), column));
    if (!found.digest().equals(expected)) {
      throw new RegistryException(
          new Problem(
              "The " + what + " is corrupt",
              "registered was " + expected + ", found " + found.digest(),
              "Do not serve it: restore the file from a copy of the warehouse, or register the model again."));
    }
    return found.toBytes();
  }

  private static Optional<ModelVersion> find(Table read, String name, int version) {
    return IcebergTable.rows(read, key(name, version), VersionRow.DESCRIPTION).stream()
        .map(VersionRow::read)
        .findFirst();
  }

  private static Expression key(String name, int version) {
    return and(equal("name", name), equal("version", version));
  }

  @SuppressWarnings("unchecked") // the schema says so
  private static List<ByteBuffer> chunks(Record row, String column) {
    return (List<ByteBuffer>) row.getField(column);
  }
}
