package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.expression.CanonicalRow;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.problem.MillraceException;
import io.delta.kernel.engine.Engine;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Where a run reads: each location at one version, which is looked up once, however often the plan
 * names it.
 */
final class Sources {
  private final PipelineOptions options;
  private final Map<String, Rows> memory;
  private final Engine engine = DeltaSnapshot.library();
  private final Map<String, DeltaSnapshot> tables = new TreeMap<>();
  private final Map<String, SourceFiles> files = new TreeMap<>();

  /**
   * Of one run.
   *
   * @param options say where the catalogs of Iceberg's tables are
   */
  Sources(PipelineOptions options, Map<String, Rows> memory) {
    this.options = options;
    this.memory = memory;
  }

  PCollection<UnsafeRow> rows(Pipeline pipeline, Scan scan) {
    if (scan.location() instanceof Location.DeltaTable table) {
      return DeltaRead.rows(pipeline, snapshot(table), scan);
    }
    if (hasFiles(scan.location())) {
      return files(scan.location()).rows(pipeline, scan);
    }
    Rows held = held(scan.location());
    Map<String, String> selection =
        Selection.of(held.schema(), scan.schema(), scan.location().toString());
    RowProjection select = Compiled.projection(selection, held.schema());
    List<UnsafeRow> rows = new ArrayList<>();
    held.values()
        .forEach(
            row ->
                rows.add(
                    ((UnsafeRow) select.apply(PlainRows.toCatalyst(held.schema(), row))).copy()));
    return pipeline.apply("Rows", Create.of(rows).withCoder(RowCoder.of()));
  }

  private Rows held(Location location) {
    if (!(location instanceof Location.Memory of)) {
      throw MillraceException.because(
          "The Beam engine cannot read " + location,
          "it reads tables of Delta and Iceberg, files and rows in memory",
          "Run the plan that reads it with Spark, into a Delta table");
    }
    Rows rows = memory.get(of.name());
    if (rows == null) {
      throw MillraceException.because(
          "Cannot read " + location,
          "the engine holds " + memory.keySet(),
          "Hand the rows to the engine with hold(...)");
    }
    return rows;
  }

  DeltaSnapshot snapshot(Location.DeltaTable table) {
    return tables.computeIfAbsent(table.toString(), name -> DeltaSnapshot.of(engine, table));
  }

  /**
   * The version of what a scan reads. A table that was made anew has the same numbers, and is
   * another.
   */
  String version(Scan scan) {
    return scan.location() instanceof Location.DeltaTable table
        ? snapshot(table).snapshot().getMetadata().getId() + " " + version(table)
        : version(scan.location());
  }

  /** The version of a location that this run reads. */
  String version(Location location) {
    if (location instanceof Location.DeltaTable table) {
      return Long.toString(snapshot(table).version());
    }
    if (hasFiles(location)) {
      return files(location).version();
    }
    Rows rows = held(location);
    CanonicalRow canonical = CanonicalRow.of(rows.schema());
    List<String> texts = new ArrayList<>();
    rows.values()
        .forEach(
            row ->
                texts.add(
                    HexFormat.of()
                        .formatHex(canonical.bytes(PlainRows.toCatalyst(rows.schema(), row)))));
    texts.sort(null);
    return Digest.sha256(rows.schema() + String.join("\n", texts));
  }

  /** The version of each location of a plan, by its text. */
  Map<String, String> versions(Node node) {
    Map<String, String> versions = new TreeMap<>();
    PlanNodes.of(node, Scan.class)
        .forEach(scan -> versions.put(scan.location().toString(), version(scan.location())));
    return versions;
  }

  /** What a run of a plan into a target would do, and what it reads now. */
  PlanIdentity identity(Node node, String target) {
    return PlanIdentity.of(node, target, this::version);
  }

  /** What a run of a plan that replaces rows of a table builds on. */
  TableHistory.ReadVersion base(Node input, String path) {
    return TableHistory.ReadVersion.of(
        input,
        path,
        table -> OptionalLong.of(snapshot(table).version()),
        DeltaLogFiles.history(path));
  }

  /** The columns that what the rows are read from has, and no scan of it names. */
  Set<String> undeclared(Node rows) {
    Set<String> others = new TreeSet<>();
    List<Scan> scans = PlanNodes.of(rows, Scan.class);
    scans.forEach(scan -> others.addAll(columns(scan.location())));
    scans.forEach(scan -> others.removeAll(scan.schema().names()));
    return others;
  }

  private Set<String> columns(Location location) {
    Set<String> columns = new TreeSet<>();
    if (location instanceof Location.DeltaTable table) {
      columns.addAll(snapshot(table).schema().names());
    } else if (hasFiles(location)) {
      columns.addAll(files(location).columns());
    } else {
      columns.addAll(held(location).schema().names());
    }
    return columns;
  }

  private static boolean hasFiles(Location location) {
    return location instanceof Location.Files || location instanceof Location.IcebergTable;
  }

  private SourceFiles files(Location location) {
    return files.computeIfAbsent(
        location.toString(),
        name ->
            location instanceof Location.IcebergTable table
                ? iceberg(table)
                : SourceFiles.of((Location.Files) location));
  }

  private SourceFiles iceberg(Location.IcebergTable table) {
    IcebergName.requireLibrary("read " + table);
    return IcebergScan.of(table, options);
  }
}
