package dev.millrace.registry;

import static org.apache.iceberg.expressions.Expressions.alwaysTrue;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The table {@code models.runs}. */
final class RunStore implements AutoCloseable {
  private static final Schema SCHEMA =
      new Schema(
          Rows.text(1, "run_id"),
          Rows.text(2, "job"),
          required(3, "started_at", Types.TimestampType.withZone()),
          required(4, "ended_at", Types.TimestampType.withZone()),
          required(5, "inputs", nodes(100)),
          required(6, "outputs", nodes(110)),
          required(7, "facts", Rows.texts(120)));

  /** The runs that are recorded. */
  private static final class Index implements TableState {
    private final Set<String> ids = new HashSet<>();

    @Override
    public List<String> columns() {
      return List.of("run_id");
    }

    @Override
    public void add(Record row) {
      ids.add(Rows.text(row, "run_id"));
    }

    @Override
    public void remove(Record row) {
      ids.remove(Rows.text(row, "run_id"));
    }

    @Override
    public void clear() {
      ids.clear();
    }
  }

  private final IcebergTable table;
  private final Upkeep upkeep;
  private final Committer<Index> committer;

  RunStore(Catalog catalog) {
    this.table =
        IcebergTable.ensure(catalog, "runs", SCHEMA, List.of("run_id", "ended_at"), Map.of());
    this.upkeep =
        new Upkeep(table, Comparator.comparing((Record row) -> Rows.instant(row, "ended_at")));
    this.committer = new Committer<>(table, new Index(), upkeep);
  }

  Upkeep upkeep() {
    return upkeep;
  }

  /** Records a run, unless one of its id is. */
  void put(LineageRun run) {
    committer.commit(
        index ->
            index.ids.contains(run.id())
                ? Change.Decision.known(true)
                : Change.Decision.add(true, write(run)));
  }

  /** All runs, in the order in which they ended. */
  List<LineageRun> all() {
    return table.rows(alwaysTrue(), Rows.columns(SCHEMA)).stream()
        .map(
            row ->
                new LineageRun(
                    Rows.text(row, "run_id"),
                    Rows.text(row, "job"),
                    Rows.instant(row, "started_at"),
                    Rows.instant(row, "ended_at"),
                    nodes(row, "inputs"),
                    nodes(row, "outputs"),
                    Rows.texts(row, "facts")))
        .sorted(Comparator.comparing(LineageRun::end))
        .toList();
  }

  private static Record write(LineageRun run) {
    Record row = GenericRecord.create(SCHEMA);
    row.setField("run_id", run.id());
    row.setField("job", run.job());
    row.setField("started_at", Rows.time(run.start()));
    row.setField("ended_at", Rows.time(run.end()));
    row.setField("inputs", nodes("inputs", run.inputs()));
    row.setField("outputs", nodes("outputs", run.outputs()));
    row.setField("facts", run.facts());
    return row;
  }

  private static List<LineageNode> nodes(Record row, String column) {
    return Rows.<Record>list(row, column).stream()
        .map(
            each ->
                new LineageNode(
                    LineageNode.Kind.valueOf(
                        Rows.text(each, "kind")
                            .toUpperCase(java.util.Locale.ROOT)
                            .replace('-', '_')),
                    Rows.text(each, "name"),
                    Rows.text(each, "version")))
        .toList();
  }

  private static List<Record> nodes(String column, List<LineageNode> nodes) {
    return nodes.stream()
        .<Record>map(
            node ->
                Rows.member(SCHEMA, column)
                    .copy(
                        "kind", node.kind().text(),
                        "name", node.name(),
                        "version", node.version()))
        .toList();
  }

  private static Type nodes(int id) {
    return Rows.listOf(
        id, Rows.text(id + 1, "kind"), Rows.text(id + 2, "name"), Rows.text(id + 3, "version"));
  }

  @Override
  public void close() {
    committer.close();
  }
}
