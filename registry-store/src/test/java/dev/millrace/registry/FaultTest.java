package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What breaks, and what is said then. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FaultTest {
  @TempDir Path directory;

  private RegistryConfig config() {
    return RegistryConfig.embedded(directory.resolve("registry"));
  }

  @Test
  void aPartThatWasTamperedWithIsFoundAtEveryRead() throws IOException {
    byte[] artifact = Onnx.heavy(1, 3 * ArtifactStore.PART);
    try (Registry registry = Registry.open(config())) {
      ModelVersion version =
          registry.register(Candidates.of("late_flight", 1).artifact(artifact).build()).version();
      tamper(version.artifact().id(), 2);
      byte[] tampered = artifact.clone();
      tampered[2 * ArtifactStore.PART] ^= 1;
      String message =
          "The artifact of late_flight@1 is corrupt: registered was "
              + version.artifact().digest()
              + ", found "
              + Content.of(tampered).digest()
              + ", not the same in part 2 of 4. Do not serve it: restore the file from a copy of the"
              + " warehouse, or register the model again.";

      assertThatThrownBy(() -> registry.artifact(version))
          .isInstanceOf(RegistryException.class)
          .hasMessage(message);
      Path file = directory.resolve("model.onnx");
      assertThatThrownBy(() -> registry.copyArtifact(version, file)).hasMessage(message);
      assertThat(directory.toFile().list()).containsExactly("registry");
      assertThat(registry.maintenance().prove().faults()).containsExactly(message);
    }
  }

  @Test
  void aFileWithAFlippedByteIsFound() throws IOException {
    try (Registry registry = Registry.open(config())) {
      ModelVersion version = registry.register(Candidates.full(Onnx.lateFlight(1))).version();
      Path file = onlyDataFile("artifacts");
      byte[] bytes = Files.readAllBytes(file);
      int graph = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("seed 1");
      bytes[graph] ^= 1;
      Files.write(file, bytes);

      assertThat(registry.maintenance().prove().faults()).hasSize(1);
      Files.delete(file);
      assertThatThrownBy(() -> registry.artifact(version))
          .isInstanceOf(RegistryException.class)
          .hasMessageStartingWith(
              "Cannot read the artifact of late_flight@1: its file in the registry is unreadable (");
    }
  }

  @Test
  void aVersionThatWasCutOffIsFinishedByDoingTheSameAgain() {
    ModelCandidate large =
        SignatureCheck.complete(
            Candidates.of("late_flight", 1)
                .artifact(Onnx.heavy(1, (int) ArtifactStore.LARGE + 1))
                .build());
    // A process that took the number and was killed.
    JdbcCatalog catalog = (JdbcCatalog) Catalogs.open(config());
    try (VersionStore versions = new VersionStore(catalog, Clock.systemUTC())) {
      versions.add(
          large,
          large.contentFingerprint(),
          VersionState.PENDING,
          large.contents().stream().map(each -> new Stored("", each.digest())).toList());
    }
    catalog.close();

    try (Registry registry = Registry.open(config())) {
      registry.register(Candidates.of("late_flight", 2).build());
      ModelVersion pending = registry.resolve("late_flight@1");
      assertThat(pending.state()).isEqualTo(VersionState.PENDING);
      String refused =
          "Cannot use late_flight@1: it is pending: its bytes are not complete. Wait for its"
              + " registration to end, or register the same again if that was cut off.";
      assertThatThrownBy(() -> registry.artifact(pending)).hasMessage(refused);
      assertThatThrownBy(() -> registry.promote("late_flight", "champion", 1, null, "first", "ann"))
          .hasMessage(refused);
      assertThat(registry.maintenance().prove().pending()).containsExactly("late_flight@1");

      Registration again = registry.register(large);

      assertThat(again.created()).isFalse();
      assertThat(again.version().version()).isEqualTo(1);
      assertThat(again.version().state()).isEqualTo(VersionState.READY);
      assertThat(Content.of(registry.artifact(again.version())).digest())
          .isEqualTo(large.artifact().digest());
      assertThat(registry.maintenance().prove().faults()).isEmpty();
    }
  }

  @Test
  void aFileThatIsWrittenToWhileItIsRegisteredIsRefused() throws IOException {
    Path file = Files.write(directory.resolve("m.onnx"), Onnx.heavy(1, 5 << 20));
    ModelCandidate candidate = Candidates.of("late_flight", 1).artifact(file).build();
    Files.write(file, Onnx.heavy(2, 5 << 20));

    try (Registry registry = Registry.open(config())) {
      assertThatThrownBy(() -> registry.register(candidate))
          .isInstanceOf(RegistryException.class)
          .hasMessage(
              "Cannot keep a content: it is no longer "
                  + candidate.artifact().digest()
                  + ", which it was when it was offered. Do not write to a file while it is"
                  + " registered.");
      assertThat(registry.resolve("late_flight@1").state()).isEqualTo(VersionState.PENDING);
    }
  }

  @Test
  void aFileGoesInAndOutWithoutBeingHeldInMemory() throws IOException {
    byte[] onnx = Onnx.heavy(3, 6 << 20);
    Path file = Files.write(directory.resolve("in.onnx"), onnx);
    try (Registry registry = Registry.open(config())) {
      ModelVersion version =
          registry.register(Candidates.of("late_flight", 3).artifact(file).build()).version();
      Path out = directory.resolve("out.onnx");
      registry.copyArtifact(version, out);
      assertThat(Files.mismatch(file, out)).isEqualTo(-1);
      assertThat(directory.resolve("out.onnx.part")).doesNotExist();
    }
    assertThatThrownBy(() -> Content.of(directory.resolve("lost.onnx")))
        .hasMessage(
            "Cannot read '"
                + directory.resolve("lost.onnx")
                + "': there is no such file. Name a file that this user may read.");
  }

  /** A limit on the size of files is to a process what a full disk is. */
  @Test
  void aDiskThatIsFullLeavesNoHalfVersion() throws Exception {
    try (Registry registry = Registry.open(config())) {
      registry.register(Candidates.of("late_flight", 1).build());
    }
    String said = register(400_000, 2, 700_000);

    assertThat(said)
        .contains("refused: Cannot commit to models.artifacts: ")
        .contains(
            "Mend the cause (a full disk, a catalog that cannot be reached), and do the same");
    try (Registry registry = Registry.open(config())) {
      assertThat(registry.versions("late_flight"))
          .extracting(ModelVersion::reference)
          .containsExactly("late_flight@1");
      assertThat(registry.maintenance().prove().faults()).isEmpty();
    }
    assertThat(register(1 << 30, 2, 700_000)).contains("registered late_flight@2");
    // Of large bytes the number is taken first; they are no version until they are complete.
    assertThat(register(2_000_000, 3, 3 << 20))
        .contains("refused: Cannot keep ", "register the same again");
    try (Registry registry = Registry.open(config())) {
      assertThat(registry.resolve("late_flight@3").state()).isEqualTo(VersionState.PENDING);
      assertThat(registry.maintenance().prove().faults()).isEmpty();
    }
    assertThat(register(1 << 30, 3, 3 << 20)).contains("registered late_flight@3");
  }

  @Test
  void aCatalogThatIsGoneIsSaid() {
    RegistryConfig gone =
        new RegistryConfig(
            "registry",
            Map.of(
                "type", "jdbc",
                "uri", "jdbc:postgresql://localhost:1/models",
                "jdbc.password", "secret",
                "warehouse", "file:" + directory));
    assertThatThrownBy(() -> Registry.open(gone))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith("Cannot open registry 'registry': ")
        .hasMessageEndingWith("its properties [jdbc.password, type, uri, warehouse].")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(
            () ->
                Registry.open(
                    new RegistryConfig(
                        "registry",
                        Map.of(
                            "type", "rest",
                            "uri", "http://localhost:1",
                            "warehouse", "file:" + directory))))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith("Cannot open registry 'registry': ");
  }

  @Test
  void whatAKilledProcessLeftIsTakenAway() throws IOException {
    try (Registry registry = Registry.open(config())) {
      registry.register(Candidates.of("late_flight", 1).build());
      Path data = onlyDataFile("versions").resolveSibling("left.parquet");
      Files.write(data, new byte[100]);
      Path young = onlyDataFile("artifacts").resolveSibling("young.parquet");
      Files.write(young, new byte[100]);
      Files.setLastModifiedTime(
          data,
          java.nio.file.attribute.FileTime.from(java.time.Instant.now().minus(Duration.ofDays(2))));

      assertThat(registry.maintenance().collect(Duration.ofDays(1)))
          .isEqualTo(new Maintenance.Collected(0, 1));
      assertThat(data).doesNotExist();
      assertThat(young).exists();
      assertThat(registry.maintenance().prove().faults()).isEmpty();
      assertThatThrownBy(() -> registry.maintenance().collect(Duration.ofMinutes(1)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Registers in a process of its own whose files may have so many bytes. */
  private String register(int most, int seed, int bytes) throws Exception {
    List<String> java = new ArrayList<>();
    java.add(ProcessHandle.current().info().command().orElse("java"));
    java.addAll(
        List.of(
            "-Xmx512m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            RegisterProcess.class.getName(),
            directory.resolve("registry").toString(),
            Integer.toString(seed),
            Integer.toString(bytes),
            Integer.toString(most)));
    Process process = new ProcessBuilder(java).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private Path onlyDataFile(String table) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> found =
          files
              .filter(f -> f.toString().endsWith(".parquet"))
              .filter(f -> f.toString().contains("/" + table + "/"))
              .toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  /** Changes a bit of a part, as one who may write to the table could. */
  private void tamper(String contentId, int part) throws IOException {
    JdbcCatalog catalog = (JdbcCatalog) Catalogs.open(config());
    try (catalog) {
      Table table = catalog.loadTable(TableIdentifier.of("models", "artifacts"));
      List<Record> rows = new ArrayList<>();
      try (CloseableIterable<Record> held =
          IcebergTable.rows(
              table,
              IcebergTable.files(table, Expressions.alwaysTrue()).get(0),
              Expressions.alwaysTrue(),
              Rows.columns(ArtifactStore.SCHEMA))) {
        held.forEach(rows::add);
      }
      for (Record row : rows) {
        if (Rows.text(row, "content_id").equals(contentId) && Rows.integer(row, "part") == part) {
          ByteBuffer bytes = (ByteBuffer) row.getField("bytes");
          byte[] changed = new byte[bytes.remaining()];
          bytes.duplicate().get(changed);
          changed[0] ^= 1;
          row.setField("bytes", ByteBuffer.wrap(changed));
        }
      }
      table
          .newOverwrite()
          .overwriteByRowFilter(Expressions.alwaysTrue())
          .addFile(IcebergTable.write(table, rows.iterator()))
          .commit();
    }
  }
}
