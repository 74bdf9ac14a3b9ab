package dev.millrace.registry;

import static org.apache.iceberg.types.Types.NestedField.required;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** A model version as a row of {@code models.versions}, and back. */
final class VersionRow {
  static final List<String> KEY = List.of("name", "version", "content_fingerprint", "commit_id");
  static final String ARTIFACT = "artifact";
  static final String VERIFICATION_ROWS = "verification_rows";
  static final String TRAINING_PROFILE = "training_profile";
  private static final List<String> CONTENTS =
      List.of(ARTIFACT, VERIFICATION_ROWS, TRAINING_PROFILE);

  static final Schema SCHEMA =
      new Schema(
          required(1, "name", Types.StringType.get()),
          required(2, "version", Types.IntegerType.get()),
          required(3, "content_fingerprint", Types.StringType.get()),
          required(4, "flavour", Types.StringType.get()),
          required(5, "inputs", fields(101)),
          required(6, "outputs", fields(111)),
          required(7, "parameters", map(121, Types.StringType.get())),
          required(8, "metrics", map(131, Types.DoubleType.get())),
          required(9, "data_versions", map(141, Types.StringType.get())),
          required(10, "definition_fingerprints", map(151, Types.StringType.get())),
          required(11, "code_commit", Types.StringType.get()),
          required(12, "code_dirty", Types.BooleanType.get()),
          required(13, "environment", map(161, Types.StringType.get())),
          required(14, "author", Types.StringType.get()),
          required(15, "description", Types.StringType.get()),
          required(16, "created_at", Types.TimestampType.withZone()),
          required(17, "artifact_sha256", Types.StringType.get()),
          required(18, "artifact_size", Types.LongType.get()),
          required(19, "verification_rows_sha256", Types.StringType.get()),
          required(20, "verification_rows_size", Types.LongType.get()),
          required(21, "training_profile_sha256", Types.StringType.get()),
          required(22, "training_profile_size", Types.LongType.get()),
          required(23, "commit_id", Types.StringType.get()),
          required(24, ARTIFACT, chunks(171)),
          required(25, VERIFICATION_ROWS, chunks(181)),
          required(26, TRAINING_PROFILE, chunks(191)));

  /** All columns but the bytes. */
  static final List<String> DESCRIPTION =
      SCHEMA.columns().stream()
          .map(Types.NestedField::name)
          .filter(c -> !CONTENTS.contains(c))
          .toList();

  private VersionRow() {}

  static Record write(
      Schema schema, ModelVersion version, ModelCandidate candidate, String commitId) {
    Record row = GenericRecord.create(schema);
    row.setField("name", version.name());
    row.setField("version", version.version());
    row.setField("content_fingerprint", version.contentFingerprint());
    row.setField("flavour", version.flavour());
    row.setField("inputs", fields(schema, "inputs", version.signature().inputs()));
    row.setField("outputs", fields(schema, "outputs", version.signature().outputs()));
    row.setField("parameters", version.parameters());
    row.setField("metrics", version.metrics());
    row.setField("data_versions", version.dataVersions());
    row.setField("definition_fingerprints", version.definitionFingerprints());
    row.setField("code_commit", version.codeCommit());
    row.setField("code_dirty", version.codeDirty());
    row.setField("environment", version.environment());
    row.setField("author", version.author());
    row.setField("description", version.description());
    row.setField("created_at", version.createdAt().atOffset(ZoneOffset.UTC));
    row.setField("commit_id", commitId);
    content(row, ARTIFACT, candidate.artifact());
    content(row, VERIFICATION_ROWS, candidate.verificationRows());
    content(row, TRAINING_PROFILE, candidate.trainingProfile());
    return row;
  }

  static ModelVersion read(Record row) {
    return new ModelVersion(
        text(row, "name"),
        (Integer) row.getField("version"),
        text(row, "content_fingerprint"),
        new Signature(fields(row, "inputs"), fields(row, "outputs")),
        text(row, "flavour"),
        texts(row, "parameters"),
        numbers(row, "metrics"),
        texts(row, "data_versions"),
        texts(row, "definition_fingerprints"),
        text(row, "code_commit"),
        (Boolean) row.getField("code_dirty"),
        texts(row, "environment"),
        text(row, "author"),
        text(row, "description"),
        instant(row, "created_at"),
        digest(row, ARTIFACT),
        digest(row, VERIFICATION_ROWS),
        digest(row, TRAINING_PROFILE));
  }

  static String text(Record row, String column) {
    return (String) row.getField(column);
  }

  static Instant instant(Record row, String column) {
    return ((OffsetDateTime) row.getField(column)).toInstant();
  }

  @SuppressWarnings("unchecked") // the schema says so
  private static Map<String, String> texts(Record row, String column) {
    return (Map<String, String>) row.getField(column);
  }

  @SuppressWarnings("unchecked") // the schema says so
  private static Map<String, Double> numbers(Record row, String column) {
    return (Map<String, Double>) row.getField(column);
  }

  @SuppressWarnings("unchecked") // the schema says so
  private static List<SignatureField> fields(Record row, String column) {
    return ((List<Record>) row.getField(column))
        .stream().map(f -> new SignatureField(text(f, "name"), text(f, "type"))).toList();
  }

  private static List<Record> fields(Schema schema, String column, List<SignatureField> fields) {
    Types.StructType type = schema.findType(column).asListType().elementType().asStructType();
    return fields.stream()
        .<Record>map(
            field -> GenericRecord.create(type).copy("name", field.name(), "type", field.type()))
        .toList();
  }

  private static void content(Record row, String column, Content content) {
    row.setField(column + "_sha256", content.digest().sha256());
    row.setField(column + "_size", content.digest().size());
    row.setField(column, content.chunks());
  }

  private static Digest digest(Record row, String column) {
    return new Digest(text(row, column + "_sha256"), (Long) row.getField(column + "_size"));
  }

  private static Type fields(int id) {
    return Types.ListType.ofRequired(
        id,
        Types.StructType.of(
            required(id + 1, "name", Types.StringType.get()),
            required(id + 2, "type", Types.StringType.get())));
  }

  private static Type map(int id, Type value) {
    return Types.MapType.ofRequired(id, id + 1, Types.StringType.get(), value);
  }

  private static Type chunks(int id) {
    return Types.ListType.ofRequired(id, Types.BinaryType.get());
  }
}
