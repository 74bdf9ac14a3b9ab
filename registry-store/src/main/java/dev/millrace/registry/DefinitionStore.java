package dev.millrace.registry;

import static org.apache.iceberg.expressions.Expressions.alwaysTrue;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.types.Types;

/** The table {@code models.definitions}: each definition once for each meaning it had. */
final class DefinitionStore implements AutoCloseable {
  private static final Schema SCHEMA =
      new Schema(
          Rows.text(1, "kind"),
          Rows.text(2, "name"),
          Rows.text(3, "fingerprint"),
          Rows.text(4, "text"),
          Rows.text(5, "registered_by"),
          required(6, "registered_at", Types.TimestampType.withZone()));

  private static final List<String> KEY = List.of("kind", "name", "fingerprint");

  /** The definitions that are kept. */
  private static final class Index implements TableState {
    private final Set<DefinitionReference> known = new HashSet<>();

    @Override
    public List<String> columns() {
      return KEY;
    }

    @Override
    public void add(Record row) {
      known.add(VersionRow.definition(row));
    }

    @Override
    public void remove(Record row) {
      known.remove(VersionRow.definition(row));
    }

    @Override
    public void clear() {
      known.clear();
    }
  }

  private final IcebergTable table;
  private final Upkeep upkeep;
  private final Committer<Index> committer;
  private final Clock clock;

  /** Those that this process has seen committed, so that it need not ask again. */
  private final Set<DefinitionReference> seen = ConcurrentHashMap.newKeySet();

  DefinitionStore(Catalog catalog, Clock clock) {
    this.table = IcebergTable.ensure(catalog, "definitions", SCHEMA, KEY, Map.of());
    this.upkeep =
        new Upkeep(
            table,
            Comparator.comparing((Record row) -> Rows.text(row, "kind"))
                .thenComparing(row -> Rows.text(row, "name"))
                .thenComparing(row -> Rows.instant(row, "registered_at")));
    this.committer = new Committer<>(table, new Index(), upkeep);
    this.clock = clock;
  }

  Upkeep upkeep() {
    return upkeep;
  }

  /** Keeps those that are not kept yet. */
  void put(List<ModelCandidate.DefinitionText> definitions, String by) {
    List<ModelCandidate.DefinitionText> unseen =
        definitions.stream().filter(each -> !seen.contains(each.reference())).distinct().toList();
    if (unseen.isEmpty()) {
      return;
    }
    committer.commit(
        index -> {
          List<Record> rows = new ArrayList<>();
          for (ModelCandidate.DefinitionText definition : unseen) {
            if (!index.known.contains(definition.reference())) {
              rows.add(row(definition, by));
            }
          }
          return new Change.Decision<>(true, rows, List.of());
        });
    unseen.forEach(each -> seen.add(each.reference()));
  }

  private Record row(ModelCandidate.DefinitionText definition, String by) {
    Record row = GenericRecord.create(SCHEMA);
    row.setField("kind", definition.reference().kind());
    row.setField("name", definition.reference().name());
    row.setField("fingerprint", definition.reference().fingerprint());
    row.setField("text", definition.text());
    row.setField("registered_by", by);
    row.setField("registered_at", Rows.time(clock.instant().truncatedTo(ChronoUnit.MICROS)));
    return row;
  }

  /** All, by kind and name, the oldest meaning first. */
  List<Definition> all() {
    return read(alwaysTrue());
  }

  Optional<Definition> find(DefinitionReference reference) {
    return read(equal("fingerprint", reference.fingerprint())).stream()
        .filter(definition -> definition.reference().equals(reference))
        .findFirst();
  }

  private List<Definition> read(Expression where) {
    return table.rows(where, Rows.columns(SCHEMA)).stream()
        .map(
            row ->
                new Definition(
                    VersionRow.definition(row),
                    Rows.text(row, "text"),
                    Rows.text(row, "registered_by"),
                    Rows.instant(row, "registered_at")))
        .sorted(
            Comparator.comparing((Definition each) -> each.reference().kind())
                .thenComparing(each -> each.reference().name())
                .thenComparing(Definition::at))
        .toList();
  }

  @Override
  public void close() {
    committer.close();
  }
}
