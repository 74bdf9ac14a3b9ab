package dev.millrace.pipelines.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.runs.Account;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.actions.AddFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream's log: one commit a batch, and checkpoints. */
class DeltaAppendTest {
  private static final SparkSession SESSION = TestSpark.ENGINE.session();
  private static final Schema NUMBERS = Schema.of(new Column("number", PrimitiveType.LONG));
  private static final int BATCHES = 105;

  @TempDir Path folder;

  /** Deletes what a checkpoint stands for, so that nothing but it can be read. */
  @Test
  void aCheckpointHasRowsStatisticsAndPosition() throws Exception {
    Path checkpoint = appendAll();
    Path commits = folder.resolve("log/_delta_log");
    long version = Long.parseLong(checkpoint.getFileName().toString().substring(0, 20));
    assertThat(version).isGreaterThan(BATCHES - 10);
    for (long before = 0; before <= version; before++) {
      Files.delete(commits.resolve("%020d.json".formatted(before)));
    }
    assertThat(log().position()).isEqualTo(BATCHES);
    assertThat(rows()).isEqualTo(BATCHES);
    assertThat(
            SESSION
                .read()
                .parquet(checkpoint.toString())
                .where("add.stats like '%\"numRecords\":1%'")
                .count())
        .isGreaterThan(BATCHES - 10);
  }

  /** Delta's library refuses such a table; Delta's writer for Spark does not. */
  @Test
  void aTableWithDeletionVectorsHasCheckpointsToo() throws Exception {
    assertThat(log().position()).isEqualTo(0);
    SESSION.sql(
        "alter table delta.`"
            + table()
            + "` set tblproperties ('delta.enableDeletionVectors' = 'true')");
    assertThat(appendAll()).exists();
    assertThat(log().position()).isEqualTo(BATCHES);
  }

  @Test
  void aBatchOfAnotherRunIsMetThoughItHasNoRows() {
    DeltaAppend one = log();
    DeltaAppend other = log();
    assertThat(append(one, file(1), 1)).isTrue();
    assertThat(append(other, List.of(), 2)).isTrue();
    assertThat(append(one, file(2), 2)).as("the other has appended it").isFalse();
    assertThat(append(other, file(3), 3)).isTrue();
    assertThat(append(one, file(4), 4)).isTrue();
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void aTableThatWasMadeAnewGetsNoHole() throws Exception {
    DeltaAppend one = log();
    for (long batch = 1; batch <= 5; batch++) {
      assertThat(append(one, file(batch), batch)).isTrue();
    }
    try (Stream<Path> all = Files.walk(folder.resolve("log"))) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    assertThat(append(log(), file(1), 1)).isTrue();
    assertThat(append(one, file(6), 6)).isTrue();
    assertThat(rows()).isEqualTo(2);
  }

  private static boolean append(DeltaAppend log, List<AddFile> files, long batch) {
    return log.append(files, OptionalLong.empty(), batch, "{}");
  }

  @Test
  void aBatchThatDoesNotFollowTheLastOneIsNotAdded() {
    DeltaAppend one = log();
    assertThat(append(one, file(1), 1)).isTrue();
    assertThat(append(log(), file(2), 2)).isTrue();
    assertThatThrownBy(() -> one.append(file(3), OptionalLong.of(1), 3, "{}"))
        .hasMessageEndingWith("another run added batch 2 after batch 1. Let one of them run.");
    assertThat(one.has(2)).isTrue();
    assertThat(one.has(3)).isFalse();
    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void whatIsSetAsideIsAddedOnceAndOnlyWhatIsThere() throws IOException {
    DeltaAppend aside = log();
    List<AddFile> files = new ArrayList<>(file(1));
    files.addAll(file(2));
    Account.Stream logged =
        Account.Stream.begun(7).withAside(files.stream().map(DeltaAppend::text).toList());
    Files.delete(folder.resolve("log").resolve(files.get(1).path()));
    aside.appendAside(logged);
    aside.appendAside(logged);
    log().appendAside(logged);
    assertThat(rows()).isEqualTo(1);
    assertThat(log().position()).isEqualTo(7);
  }

  /** Appends all batches, each twice, and finds the checkpoint that is made of them. */
  private Path appendAll() throws IOException {
    DeltaAppend log = log();
    for (long batch = 1; batch <= BATCHES; batch++) {
      List<AddFile> written = file(batch);
      assertThat(append(log, written, batch)).isTrue();
      assertThat(append(log, written, batch)).as("the same batch again").isFalse();
    }
    try (Stream<Path> all = Files.list(folder.resolve("log/_delta_log"))) {
      return all.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private String table() {
    return folder.resolve("log").toString();
  }

  private long rows() {
    DeltaLog.clearCache();
    return SESSION.read().format("delta").load(table()).count();
  }

  /** As another process opens it. */
  private DeltaAppend log() {
    DeltaLog.clearCache();
    return DeltaAppend.to(SESSION, table(), NUMBERS, List.of(), Runnable::run);
  }

  /** A file of one row. */
  private List<AddFile> file(long number) {
    List<InternalRow> rows = List.of(new GenericInternalRow(new Object[] {number}));
    return List.of(
        StreamFiles.of(SESSION, table(), NUMBERS, -1).write(rows.iterator()).next().toAction());
  }
}
