package dev.millrace.features;

import static dev.millrace.transforms.expectation.Expectations.notNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.PrimitiveType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a later day have other columns, or other types, than the source declares. */
class SchemaChangeTest {
  private static final Days FIRST = Days.of(Visits.FIRST);
  private static final Days SECOND = Days.of(Visits.FIRST.plusDays(1));

  private final SparkEngine engine = TestSpark.ENGINE;

  @TempDir Path dir;
  private Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(dir.resolve("workspace").toString());
    folder = Files.createDirectories(dir.resolve("files"));
  }

  private IngestJob ingest(Source.Builder source, PrimitiveType amount) {
    return new IngestJob(
        source
            .column("shop", PrimitiveType.STRING)
            .column("at", PrimitiveType.TIMESTAMP)
            .column("amount", amount)
            .eventTime("at")
            .expect(notNull("amount").orQuarantine())
            .build());
  }

  private IngestJob parquet(PrimitiveType amount) {
    return ingest(Source.parquet("visits", folder.toString()), amount);
  }

  private IngestJob csv(PrimitiveType amount) {
    return ingest(Source.csv("visits", folder.toString()), amount);
  }

  private IngestJob json(PrimitiveType amount) {
    return ingest(Source.json("visits", folder.toString()), amount);
  }

  /** A file of a day's only visit, whose amount is an expression. */
  private String parquetFile(String day, String columns) {
    engine
        .session()
        .sql("select 's' as shop, timestamp'" + day + " 10:00:00' as at" + columns)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(folder.resolve("day=" + day).toString());
    try (Stream<Path> files = Files.list(folder.resolve("day=" + day))) {
      return files
          .map(Path::toString)
          .filter(name -> name.endsWith(".parquet"))
          .findFirst()
          .orElseThrow();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Path text(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private List<Object> amounts() {
    return engine
        .session()
        .read()
        .format("delta")
        .load(workspace.path("sources", "visits", "events"))
        .orderBy("at")
        .collectAsList()
        .stream()
        .map(row -> row.getAs("amount"))
        .toList();
  }

  /** The second day is refused, and the first one's rows, and nothing else, are in the stores. */
  private void refused(IngestJob ingest, String message) throws IOException {
    List<Object> before = amounts();
    List<String> files = stored();
    assertThatThrownBy(() -> ingest.run(engine, workspace, Optional.of(SECOND)))
        .isInstanceOf(MillraceException.class)
        .hasMessage(message);
    assertThat(amounts()).isEqualTo(before);
    assertThat(stored()).isEqualTo(files);
  }

  private List<String> stored() throws IOException {
    try (Stream<Path> files = Files.walk(dir.resolve("workspace"))) {
      return files.map(Path::toString).filter(name -> !name.endsWith(".crc")).sorted().toList();
    }
  }

  @Test
  void parquetOfAnotherType() throws IOException {
    parquetFile("2024-01-01", ", 1.5D as amount");
    IngestJob ingest = parquet(PrimitiveType.DOUBLE);
    ingest.run(engine, workspace, Optional.of(FIRST));
    String file = parquetFile("2024-01-02", ", 'much' as amount");
    refused(
        ingest,
        "Column 'amount' of parquet "
            + file
            + " is a string: the source declares it as double, and that would lose values."
            + " Declare the type that it has, or convert the data.");
  }

  @Test
  void parquetWithoutAColumn() throws IOException {
    parquetFile("2024-01-01", ", 1.5D as amount");
    IngestJob ingest = parquet(PrimitiveType.DOUBLE);
    ingest.run(engine, workspace, Optional.of(FIRST));
    String file = parquetFile("2024-01-02", "");
    refused(
        ingest, "Cannot resolve column 'amount' in parquet " + file + ": known are [shop, at].");
  }

  @Test
  void parquetOfWiderNumbers() throws IOException {
    parquetFile("2024-01-01", ", 1 as amount");
    parquet(PrimitiveType.INT).run(engine, workspace, Optional.of(FIRST));
    String file = parquetFile("2024-01-02", ", 5000000000 as amount");
    refused(
        parquet(PrimitiveType.INT),
        "Column 'amount' of parquet "
            + file
            + " is a bigint: the source declares it as int, and that would lose values."
            + " Declare the type that it has, or convert the data.");
  }

  @Test
  void parquetOfNumbersThatFitIsRead() {
    parquetFile("2024-01-01", ", 1 as amount");
    parquetFile("2024-01-02", ", 5000000000 as amount");
    IngestJob ingest = parquet(PrimitiveType.LONG);
    ingest.run(engine, workspace, Optional.of(FIRST));
    ingest.run(engine, workspace, Optional.of(SECOND));
    assertThat(amounts()).containsExactly(1L, 5_000_000_000L);
  }

  @Test
  void aLogOfTheTypeBeforeIsNotWrittenInto() throws IOException {
    parquetFile("2024-01-01", ", 1 as amount");
    parquet(PrimitiveType.INT).run(engine, workspace, Optional.of(FIRST));
    parquetFile("2024-01-02", ", 5000000000 as amount");
    refused(
        parquet(PrimitiveType.LONG),
        "Cannot write column 'amount' of "
            + workspace.path("sources", "visits", "events")
            + ": its type is int there, and bigint in the rows. Nothing of this run was published."
            + " Declare the type that the table has, or write all of it anew, without --from and"
            + " --to.");
  }

  @Test
  void csvOfAnotherType() throws IOException {
    text("1.csv", "shop,at,amount", "s,2024-01-01T10:00:00Z,1.5");
    IngestJob ingest = csv(PrimitiveType.DOUBLE);
    ingest.run(engine, workspace, Optional.of(FIRST));
    Path file = text("2.csv", "shop,at,amount", "s,2024-01-02T10:00:00Z,much");
    refused(
        ingest,
        "Column 'amount' of csv "
            + file
            + " has the value 'much': the source declares it as double, and that is none."
            + " Nothing of this run was published. Mend the file, or declare the type that it has.");
  }

  @Test
  void csvOfWiderNumbers() throws IOException {
    text("1.csv", "shop,at,amount", "s,2024-01-01T10:00:00Z,1");
    IngestJob ingest = csv(PrimitiveType.INT);
    ingest.run(engine, workspace, Optional.of(FIRST));
    Path file = text("2.csv", "shop,at,amount", "s,2024-01-02T10:00:00Z,5000000000");
    refused(
        ingest,
        "Column 'amount' of csv "
            + file
            + " has the value '5000000000': the source declares it as int, and that is none."
            + " Nothing of this run was published. Mend the file, or declare the type that it has.");
  }

  @Test
  void csvWithoutAColumn() throws IOException {
    text("1.csv", "shop,at,amount", "s,2024-01-01T10:00:00Z,1.5");
    IngestJob ingest = csv(PrimitiveType.DOUBLE);
    ingest.run(engine, workspace, Optional.of(FIRST));
    Path file = text("2.csv", "shop,at", "s,2024-01-02T10:00:00Z");
    refused(ingest, "Cannot resolve column 'amount' in csv " + file + ": known are [shop, at].");
  }

  @Test
  void jsonOfAnotherType() throws IOException {
    text("1.json", "{\"shop\": \"s\", \"at\": \"2024-01-01T10:00:00Z\", \"amount\": 1.5}");
    IngestJob ingest = json(PrimitiveType.DOUBLE);
    ingest.run(engine, workspace, Optional.of(FIRST));
    Path file =
        text("2.json", "{\"shop\": \"s\", \"at\": \"2024-01-02T10:00:00Z\", \"amount\": \"much\"}");
    refused(
        ingest,
        "Column 'amount' of "
            + file
            + " has the value 'much': the source declares it as double, and that is none."
            + " Nothing of this run was published. Mend the file, or declare the type that it has.");
  }

  @Test
  void jsonOfWiderNumbers() throws IOException {
    text("1.json", "{\"shop\": \"s\", \"at\": \"2024-01-01T10:00:00Z\", \"amount\": 1}");
    IngestJob ingest = json(PrimitiveType.INT);
    ingest.run(engine, workspace, Optional.of(FIRST));
    Path file =
        text(
            "2.json",
            "{\"shop\": \"s\", \"at\": \"2024-01-02T10:00:00Z\", \"amount\": 5000000000}");
    refused(
        ingest,
        "Cannot read "
            + file
            + ": Numeric value (5000000000) out of range of int (-2147483648 - 2147483647)."
            + " Nothing of this run was published. Mend the file, or declare a type that holds"
            + " it.");
  }

  /** An object of JSON leaves out what is null, so that a file may: expectations judge it. */
  @Test
  void jsonWithoutAColumnHasNulls() throws IOException {
    text("1.json", "{\"shop\": \"s\", \"at\": \"2024-01-01T10:00:00Z\", \"amount\": 1.5}");
    IngestJob ingest = json(PrimitiveType.DOUBLE);
    ingest.run(engine, workspace, Optional.of(FIRST));
    text("2.json", "{\"shop\": \"s\", \"at\": \"2024-01-02T10:00:00Z\"}");
    refused(
        ingest,
        "The data of source 'visits' does not hold what is expected of it: no row is left."
            + " Nothing was published. Mend the data, or quarantine such rows with"
            + " orQuarantine().");
  }
}
