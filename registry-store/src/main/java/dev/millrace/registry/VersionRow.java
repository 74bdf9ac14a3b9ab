package dev.millrace.registry;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.util.List;
import java.util.OptionalLong;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A model version as a row of {@code models.versions}, and back. */
final class VersionRow {
  static final Schema SCHEMA =
      new Schema(
          required(1, "sequence", Types.LongType.get()),
          Rows.text(2, "name"),
          required(3, "version", Types.IntegerType.get()),
          Rows.text(4, "state"),
          Rows.text(5, "content_fingerprint"),
          Rows.text(6, "semver"),
          Rows.text(7, "flavour"),
          required(8, "inputs", fields(100)),
          required(9, "outputs", fields(110)),
          required(10, "input_tensors", tensors(120)),
          required(11, "output_tensors", tensors(130)),
          required(12, "parameters", Rows.texts(140)),
          required(
              13,
              "metrics",
              Rows.listOf(
                  150,
                  Rows.text(151, "name"),
                  Rows.text(152, "split"),
                  Rows.text(153, "slice"),
                  required(154, "value", Types.DoubleType.get()))),
          required(
              14,
              "training_data",
              Rows.listOf(
                  160,
                  Rows.text(161, "table"),
                  Rows.text(162, "version"),
                  optional(163, "rows", Types.LongType.get()),
                  Rows.text(164, "fingerprint"))),
          required(
              15,
              "definitions",
              Rows.listOf(
                  170,
                  Rows.text(171, "kind"),
                  Rows.text(172, "name"),
                  Rows.text(173, "fingerprint"))),
          Rows.text(16, "code_commit"),
          required(17, "code_dirty", Types.BooleanType.get()),
          required(18, "environment", Rows.texts(180)),
          Rows.text(19, "author"),
          Rows.text(20, "description"),
          required(21, "tags", Rows.texts(190)),
          Rows.text(22, "card"),
          required(23, "created_at", Types.TimestampType.withZone()),
          required(24, "artifact", stored(200)),
          required(25, "verification_rows", stored(210)),
          required(26, "training_profile", stored(220)));

  static final List<String> COLUMNS = Rows.columns(SCHEMA);

  private VersionRow() {}

  static Record write(Schema schema, ModelVersion version, long sequence) {
    ModelDetails details = version.details();
    Record row = GenericRecord.create(schema);
    row.setField("sequence", sequence);
    row.setField("name", details.name());
    row.setField("version", version.version());
    row.setField("state", version.state().text());
    row.setField("content_fingerprint", version.contentFingerprint());
    row.setField("semver", details.semver());
    row.setField("flavour", details.flavour());
    row.setField("inputs", fields(schema, "inputs", details.signature().inputs()));
    row.setField("outputs", fields(schema, "outputs", details.signature().outputs()));
    row.setField(
        "input_tensors", tensors(schema, "input_tensors", details.signature().inputTensors()));
    row.setField(
        "output_tensors", tensors(schema, "output_tensors", details.signature().outputTensors()));
    row.setField("parameters", details.parameters());
    row.setField(
        "metrics",
        details.metrics().stream()
            .<Record>map(
                metric -> {
                  Record member = Rows.member(schema, "metrics");
                  member.setField("name", metric.name());
                  member.setField("split", metric.split());
                  member.setField("slice", metric.slice());
                  member.setField("value", metric.value());
                  return member;
                })
            .toList());
    row.setField(
        "training_data",
        details.trainingData().stream()
            .<Record>map(
                data -> {
                  Record member = Rows.member(schema, "training_data");
                  member.setField("table", data.table());
                  member.setField("version", data.version());
                  member.setField("rows", data.rows().isPresent() ? data.rows().getAsLong() : null);
                  member.setField("fingerprint", data.fingerprint());
                  return member;
                })
            .toList());
    row.setField(
        "definitions",
        details.definitions().stream()
            .<Record>map(
                definition ->
                    Rows.member(schema, "definitions")
                        .copy(
                            "kind", definition.kind(),
                            "name", definition.name(),
                            "fingerprint", definition.fingerprint()))
            .toList());
    row.setField("code_commit", details.code().commit());
    row.setField("code_dirty", details.code().dirty());
    row.setField("environment", details.environment());
    row.setField("author", details.author());
    row.setField("description", details.description());
    row.setField("tags", details.tags());
    row.setField("card", details.card());
    row.setField("created_at", Rows.time(version.createdAt()));
    row.setField("artifact", stored(schema, "artifact", version.artifact()));
    row.setField(
        "verification_rows", stored(schema, "verification_rows", version.verificationRows()));
    row.setField("training_profile", stored(schema, "training_profile", version.trainingProfile()));
    return row;
  }

  static ModelVersion read(Record row) {
    ModelDetails details =
        new ModelDetails(
            Rows.text(row, "name"),
            Rows.text(row, "semver"),
            new Signature(
                fields(row, "inputs"),
                fields(row, "outputs"),
                tensors(row, "input_tensors"),
                tensors(row, "output_tensors")),
            Rows.text(row, "flavour"),
            Rows.texts(row, "parameters"),
            Rows.<Record>list(row, "metrics").stream().map(VersionRow::metric).toList(),
            Rows.<Record>list(row, "training_data").stream().map(VersionRow::data).toList(),
            Rows.<Record>list(row, "definitions").stream().map(VersionRow::definition).toList(),
            new CodeReference(Rows.text(row, "code_commit"), (Boolean) row.getField("code_dirty")),
            Rows.texts(row, "environment"),
            Rows.text(row, "author"),
            Rows.text(row, "description"),
            Rows.texts(row, "tags"),
            Rows.text(row, "card"));
    return new ModelVersion(
        Rows.integer(row, "version"),
        VersionState.of(Rows.text(row, "state")),
        Rows.text(row, "content_fingerprint"),
        details,
        Rows.instant(row, "created_at"),
        stored(row, "artifact"),
        stored(row, "verification_rows"),
        stored(row, "training_profile"));
  }

  static DefinitionReference definition(Record row) {
    return new DefinitionReference(
        Rows.text(row, "kind"), Rows.text(row, "name"), Rows.text(row, "fingerprint"));
  }

  private static Metric metric(Record row) {
    return new Metric(
        Rows.text(row, "name"),
        Rows.text(row, "split"),
        Rows.text(row, "slice"),
        (Double) row.getField("value"));
  }

  private static TrainingData data(Record row) {
    @Nullable Long rows = (Long) row.getField("rows");
    return new TrainingData(
        Rows.text(row, "table"),
        Rows.text(row, "version"),
        rows == null ? OptionalLong.empty() : OptionalLong.of(rows),
        Rows.text(row, "fingerprint"));
  }

  private static List<SignatureField> fields(Record row, String column) {
    return Rows.<Record>list(row, column).stream()
        .map(each -> new SignatureField(Rows.text(each, "name"), Rows.text(each, "type")))
        .toList();
  }

  private static List<Record> fields(Schema schema, String column, List<SignatureField> fields) {
    return fields.stream()
        .<Record>map(
            field -> Rows.member(schema, column).copy("name", field.name(), "type", field.type()))
        .toList();
  }

  private static List<Tensor> tensors(Record row, String column) {
    return Rows.<Record>list(row, column).stream()
        .map(
            each ->
                new Tensor(
                    Rows.text(each, "name"),
                    Rows.text(each, "type"),
                    Rows.<Long>list(each, "shape")))
        .toList();
  }

  private static List<Record> tensors(Schema schema, String column, List<Tensor> tensors) {
    return tensors.stream()
        .<Record>map(
            tensor ->
                Rows.member(schema, column)
                    .copy("name", tensor.name(), "type", tensor.type(), "shape", tensor.shape()))
        .toList();
  }

  private static Stored stored(Record row, String column) {
    Record stored = (Record) row.getField(column);
    return new Stored(
        Rows.text(stored, "content_id"),
        new Digest(Rows.text(stored, "sha256"), Rows.number(stored, "size")));
  }

  private static Record stored(Schema schema, String column, Stored stored) {
    return Rows.struct(schema, column)
        .copy(
            "content_id", stored.id(),
            "sha256", stored.digest().sha256(),
            "size", stored.digest().size());
  }

  private static Type fields(int id) {
    return Rows.listOf(id, Rows.text(id + 1, "name"), Rows.text(id + 2, "type"));
  }

  private static Type tensors(int id) {
    return Rows.listOf(
        id,
        Rows.text(id + 1, "name"),
        Rows.text(id + 2, "type"),
        required(id + 3, "shape", Types.ListType.ofRequired(id + 4, Types.LongType.get())));
  }

  private static Type stored(int id) {
    return Types.StructType.of(
        Rows.text(id, "content_id"),
        Rows.text(id + 1, "sha256"),
        required(id + 2, "size", Types.LongType.get()));
  }
}
