package dev.millrace.pipelines.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    String table = folder.resolve("log").toString();
    DeltaAppend log = DeltaAppend.to(SESSION, table, NUMBERS, List.of(), Runnable::run);
    StreamFiles files = StreamFiles.of(SESSION, table, NUMBERS, -1);
    for (long batch = 1; batch <= BATCHES; batch++) {
      List<InternalRow> rows = List.of(new GenericInternalRow(new Object[] {batch}));
      List<AddFile> written =
          Stream.of(files.write(rows.iterator()).next())
              .map(StreamFiles.Written::toAction)
              .toList();
      assertThat(log.append(written, batch, "{}")).isTrue();
      assertThat(log.append(written, batch, "{}")).as("the same batch again").isFalse();
    }
    Path commits = folder.resolve("log/_delta_log");
    Path checkpoint;
    try (Stream<Path> all = Files.list(commits)) {
      checkpoint =
          all.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    long version = Long.parseLong(checkpoint.getFileName().toString().substring(0, 20));
    assertThat(version).isGreaterThan(BATCHES - 10);
    for (long before = 0; before <= version; before++) {
      Files.delete(commits.resolve("%020d.json".formatted(before)));
    }
    DeltaLog.clearCache();
    assertThat(DeltaAppend.to(SESSION, table, NUMBERS, List.of(), Runnable::run).position())
        .isEqualTo(BATCHES);
    assertThat(SESSION.read().format("delta").load(table).count()).isEqualTo(BATCHES);
    assertThat(
            SESSION
                .read()
                .parquet(checkpoint.toString())
                .where("add.stats like '%\"numRecords\":1%'")
                .count())
        .isGreaterThan(BATCHES - 10);
  }
}
